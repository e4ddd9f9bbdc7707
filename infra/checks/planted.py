"""Plants a fault for each rule of infra/checks/ponte_rules in what SAM makes of the templates, and fails where a rule does not find it, or finds
anything in the templates as they are.

    python infra/checks/planted.py TEMPLATE.json ALARMS.json
"""

import copy
import json
import pathlib
import sys

import ponte_rules
from cfnlint.template import Template

RULES = [getattr(ponte_rules, name)() for name in ponte_rules.__all__]


def first(body, kind, wanted=lambda properties: True):
    """The first resource of a type of which that is true."""
    return next(one["Properties"] for one in body["Resources"].values() if one["Type"] == kind and wanted(one["Properties"]))


def statement(body):
    return first(body, "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"][0]


def queue(body):
    return first(body, "AWS::SQS::Queue", lambda properties: "RedrivePolicy" in properties)


def alarm(body):
    return first(body, "AWS::CloudWatch::Alarm", lambda properties: "MetricName" in properties)


def stage_of(body):
    return next(one for one in body["Resources"].values() if one["Type"] == "AWS::ApiGatewayV2::Stage")


# What is done to which template, the rule that must find it.
PLANTED = {
    "a statement with two resources": ("template", "E9001", lambda body: statement(body).update(Resource=["a", "b"])),
    "a statement without a resource": ("template", "E9001", lambda body: statement(body).pop("Resource")),
    "a list behind a condition": ("template", "E9001", lambda body: statement(body).update(Resource={"Fn::If": ["Traced", "*", ["a"]]})),
    "eight actions": ("template", "E9001", lambda body: statement(body).update(Action=[f"sqs:{number}" for number in range(8)])),
    "a FIFO queue by another name": ("template", "E9002", lambda body: queue(body).update(QueueName={"Fn::Sub": "${AWS::StackName}-to-helpdesk"})),
    "a limit by group without its scope": ("template", "E9002", lambda body: queue(body).update(DeduplicationScope="queue")),
    "a parked queue that is not FIFO": ("template", "E9002", lambda body: [one["Properties"].update(FifoQueue=False) for name, one in body["Resources"].items() if name.endswith("ParkedQueue")]),
    "a queue without a parked one": ("template", "E9002", lambda body: queue(body).pop("RedrivePolicy")),
    "a visibility that is too short": ("template", "E9003", lambda body: body["Mappings"]["WorkerTimeout"]["60"].update(Visibility=300)),
    "a visibility that nobody knows": ("template", "E9003", lambda body: queue(body).update(VisibilityTimeout={"Ref": "CloseDelaySeconds"})),
    "a stage before its route": ("template", "E9004", lambda body: stage_of(body).pop("DependsOn")),
    "a stage with a route that is not there": ("template", "E9004", lambda body: stage_of(body)["Properties"]["RouteSettings"].update({"GET /none": {}})),
    "an alarm of two days": ("alarms", "E9005", lambda body: alarm(body).update(Period=60, EvaluationPeriods=2880)),
    "an alarm with more data points than periods": ("alarms", "E9005", lambda body: alarm(body).update(DatapointsToAlarm=9)),
    "an alarm with two results": ("alarms", "E9005", lambda body: alarm(body).update(Metrics=[{"Id": "a", "Expression": "1"}, {"Id": "b", "Expression": "2"}])),
    "a role that is too large": ("template", "E9006", lambda body: first(body, "AWS::IAM::Role")["Policies"][0]["PolicyDocument"]["Statement"].extend([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "x" * 100}] * 100)),
}


def found(file, body):
    template = Template(str(file), body, ["us-east-1"])
    return {rule.id: [match.message for match in matches] for rule in RULES if (matches := rule.match(template))}


def main(*files):
    files = {pathlib.Path(file).stem: pathlib.Path(file) for file in files}
    bodies = {name: json.loads(file.read_text()) for name, file in files.items()}
    faults = [f"{name}: {what}" for name, body in bodies.items() for what in found(files[name], body).items()]
    for what, (name, rule, plant) in PLANTED.items():
        body = copy.deepcopy(bodies[name])
        plant(body)
        if rule not in found(files[name], body):
            faults.append(f"{rule} does not see {what}")
    if unplanted := {rule.id for rule in RULES} - {rule for _, rule, _ in PLANTED.values()}:
        faults.append(f"no fault is planted for {sorted(unplanted)}")
    print("\n".join(faults) or f"rules: {len(RULES)} find {len(PLANTED)} planted faults, and nothing else")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
