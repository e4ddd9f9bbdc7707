"""SQS and SNS refuse a policy whose statement names several resources."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from .reading import alternatives, each


class OneResource(CloudFormationLintRule):
    id = "E9001"
    shortdesc = "A statement of a queue's or a topic's policy names one resource"
    # SQS Developer Guide, "Limitations of custom policies"; SNS API, SetTopicAttributes: "Invalid parameter: Policy statement must apply to a
    # single resource".
    description = "SQS and SNS take no list of resources in a statement, and no statement without one"
    tags = ["resources", "sqs", "sns"]
    # SQS Developer Guide, "Quotas related to policies".
    MOST_ACTIONS, MOST_STATEMENTS, MOST_CONDITIONS = 7, 20, 10

    def match(self, cfn):
        found = []
        for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
            for name, properties in each(cfn, kind):
                path = ["Resources", name, "Properties", "PolicyDocument", "Statement"]
                statements = properties["PolicyDocument"]["Statement"]
                if len(statements) > self.MOST_STATEMENTS:
                    found.append(RuleMatch(path, f"{name} has more than {self.MOST_STATEMENTS} statements"))
                for number, outer in enumerate(statements):
                    for statement in alternatives(outer):
                        found += [RuleMatch([*path, number], f"{name}: {fault}") for fault in self.faults(statement)]
        return found

    def faults(self, statement):
        for resource in alternatives(statement.get("Resource")):
            if resource is None or isinstance(resource, list):
                yield "a statement names one resource, and not a list"
        actions = statement.get("Action", [])
        if isinstance(actions, list) and len(actions) > self.MOST_ACTIONS:
            yield f"a statement has {self.MOST_ACTIONS} actions at most"
        for conditions in alternatives(statement.get("Condition", {})):
            if sum(map(len, conditions.values())) > self.MOST_CONDITIONS:
                yield f"a statement has {self.MOST_CONDITIONS} conditions at most"
