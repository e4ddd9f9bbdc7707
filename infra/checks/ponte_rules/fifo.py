"""What SQS and Lambda ask of FIFO queues, where cfn-lint's own rules do not look through parameters and mappings."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from .reading import each, ending, target


class Fifo(CloudFormationLintRule):
    id = "E9002"
    shortdesc = "FIFO queues are as SQS takes them"
    # SQS API, CreateQueue (QueueName, FifoThroughputLimit, DelaySeconds), and "Dead-letter queues": that of a FIFO queue is one, too.
    description = "Names end in .fifo, the limit by message group goes with deduplication by message group, and each queue that is read has a parked FIFO queue"
    tags = ["resources", "sqs"]

    def match(self, cfn):
        queues = dict(each(cfn, "AWS::SQS::Queue"))
        read = {target(mapping["EventSourceArn"]) for _, mapping in each(cfn, "AWS::Lambda::EventSourceMapping")}
        found = []
        for name in read & set(queues):
            if "RedrivePolicy" not in queues[name]:
                found.append(RuleMatch(["Resources", name, "Properties"], f"{name} is read by a function and has no parked queue"))
        for name, properties in queues.items():
            parked = target(properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
            faults = {
                "QueueName": bool(properties.get("FifoQueue")) != ending(properties.get("QueueName", "")).endswith(".fifo"),
                "FifoThroughputLimit": properties.get("FifoThroughputLimit") == "perMessageGroupId" and properties.get("DeduplicationScope") != "messageGroup",
                "RedrivePolicy": parked in queues and queues[parked].get("FifoQueue") != properties.get("FifoQueue"),
            }
            found += [RuleMatch(["Resources", name, "Properties"], f"SQS refuses {key} of {name}") for key, wrong in faults.items() if wrong]
        return found


class Visibility(CloudFormationLintRule):
    id = "E9003"
    shortdesc = "A message stays hidden for as long as its function may run"
    # Lambda API, CreateEventSourceMapping: "Queue visibility timeout is less than Function timeout"; AWS advises six times
    # (Lambda, "Creating and configuring an Amazon SQS event source mapping").
    description = "Lambda refuses a mapping whose queue has a shorter visibility than the function's timeout; AWS advises six times"
    tags = ["resources", "sqs", "lambda"]
    TIMES = 6

    def match(self, cfn):
        queues, functions = dict(each(cfn, "AWS::SQS::Queue")), dict(each(cfn, "AWS::Lambda::Function"))
        found = []
        for name, mapping in each(cfn, "AWS::Lambda::EventSourceMapping"):
            queue, function = queues.get(target(mapping["EventSourceArn"])), functions.get(target(mapping["FunctionName"]))
            if queue is None or function is None:
                continue
            timeout, visibility = function.get("Timeout", 3), queue.get("VisibilityTimeout", 30)
            for seconds in self.values(cfn, timeout):
                hidden = self.hidden(cfn, visibility, timeout, seconds)
                if hidden is None or hidden < self.TIMES * int(seconds):
                    path = ["Resources", name, "Properties", "EventSourceArn"]
                    found.append(RuleMatch(path, f"{name}: hidden for {hidden} s, and the function may run for {seconds} s"))
        return found

    def values(self, cfn, timeout):
        if not isinstance(timeout, dict):
            return [timeout]
        parameter = cfn.template["Parameters"][timeout["Ref"]]
        return parameter.get("AllowedValues") or [parameter["MaxValue"]]

    def hidden(self, cfn, visibility, timeout, seconds):
        """The queue's visibility when the function's timeout is so many seconds; nothing if that cannot be told."""
        if not isinstance(visibility, dict):
            return int(visibility)
        mapping, by, key = visibility.get("Fn::FindInMap", (None, None, None))
        return int(cfn.template["Mappings"][mapping][str(seconds)][key]) if mapping and by == timeout else None
