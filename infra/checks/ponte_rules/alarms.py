"""What CloudWatch refuses of an alarm, and IAM of a role."""

import json

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from .reading import each


class Alarms(CloudFormationLintRule):
    id = "E9005"
    shortdesc = "Alarms are as CloudWatch takes them"
    # CloudWatch API, PutMetricAlarm: EvaluationPeriods ("cannot be more than 86,400 seconds" with periods of less than an hour, seven days with
    # longer ones), Metrics ("exactly one ReturnData"), DatapointsToAlarm.
    description = "An alarm looks back a day at most, and has one result"
    tags = ["resources", "cloudwatch"]
    DAY, WEEK, HOUR = 86_400, 604_800, 3_600

    def match(self, cfn):
        found = []
        for name, properties in each(cfn, "AWS::CloudWatch::Alarm"):
            found += [RuleMatch(["Resources", name, "Properties"], f"{name}: {fault}") for fault in self.faults(properties)]
        return found

    def faults(self, properties):
        metrics, times = properties.get("Metrics"), int(properties["EvaluationPeriods"])
        stats = [metric["MetricStat"] for metric in metrics or [] if "MetricStat" in metric]
        periods = [int(stat["Period"]) for stat in stats] + [int(metric["Period"]) for metric in metrics or [] if "Period" in metric]
        period = max(periods, default=int(properties.get("Period", 0)))
        if period * times > (self.WEEK if period >= self.HOUR else self.DAY):
            yield "it looks back too far"
        if int(properties.get("DatapointsToAlarm", times)) > times:
            yield "it wants more data points than it has"
        if metrics is not None and sum(str(metric.get("ReturnData", True)).lower() == "true" for metric in metrics) != 1:
            yield "exactly one of its metrics returns data"
        if metrics is not None and "MetricName" in properties:
            yield "it has Metrics and MetricName"


class Policies(CloudFormationLintRule):
    id = "E9006"
    shortdesc = "The policies of a role fit into it"
    # IAM quotas: "Role policy size can't exceed 10,240 characters", white space not counted, all inline policies together.
    description = "The inline policies of a role have 10,240 characters at most"
    tags = ["resources", "iam"]
    MOST = 10_240

    def match(self, cfn):
        found = []
        for name, properties in each(cfn, "AWS::IAM::Role"):
            size = sum(len(json.dumps(policy["PolicyDocument"], separators=(",", ":"), default=str)) for policy in properties.get("Policies", []))
            if size > self.MOST:
                found.append(RuleMatch(["Resources", name, "Properties", "Policies"], f"{name} has {size} characters of policies"))
        return found
