"""What up.sh and down.sh cannot say in shell: a free port, a parameter file, and what the emulator knows.

Runs in the virtual environment of sam, which brings boto3.
"""

import json
import os
import pathlib
import socket
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        print(probe.getsockname()[1])


def wait(endpoint, pid):
    """Until the emulator answers; false when its process has ended or a minute has passed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(int(pid), 0)
            with urllib.request.urlopen(endpoint + "/_ministack/ready", timeout=5):
                return True
        except ProcessLookupError:
            return False
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def prepare(parameters, *overrides):
    """The bucket that sam uploads to, and the parameters as a file: a list of arguments shows secrets to everybody who
    may list processes, and sam would split values at their blanks."""
    import boto3

    boto3.client("s3").create_bucket(Bucket="ponte-artifacts")
    values = dict(override.split("=", 1) for override in overrides) | {"LocalEmulator": "true"}
    file = pathlib.Path(parameters)
    file.touch(mode=0o600)
    file.write_text(json.dumps(values))  # sam reads no .json, but JSON is YAML


def put_rules(dynamodb, table, path):
    """Puts service rules in force, as the operator's tool does: the first version."""
    document = json.dumps(json.loads(pathlib.Path(path).read_text()), ensure_ascii=False, separators=(",", ":"))
    fields = {name: {"S": value} for name, value in {"rules": document, "at": "2026-01-01T00:00:00Z", "by": "up.sh"}.items()}
    for key in ("settings#service", "settings#service#1"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "version": {"N": "1"}} | fields)


def rules(stack, path):
    """The same, in the table of a deployed stack."""
    import boto3

    found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    table = next(output["OutputValue"] for output in found if output["OutputKey"] == "TableName")
    put_rules(boto3.client("dynamodb"), table, path)


def permit():
    """What AWS and the emulator's IAM see differently. AWS asks for sqs:ChangeMessageVisibility where the visibility of a batch is
    changed; the emulator asks for an action by another name, which AWS does not know and which therefore has no place in the
    template. AWS asks for a log group by its ARN with ":*" behind it, as CloudFormation gives it; the emulator without."""
    import boto3

    iam = boto3.client("iam")
    for role in iam.get_paginator("list_roles").paginate().search("Roles[]"):
        name = role["RoleName"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            allowed = [one for one in document["Statement"] if "sqs:ChangeMessageVisibility" in one["Action"]]
            statements = [{**one, "Action": "sqs:ChangeMessageVisibilityBatch"} for one in allowed]
            for one in document["Statement"]:
                resources = one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
                groups = [arn.removesuffix(":*") for arn in resources if ":log-group:" in arn]
                if groups:
                    statements.append({**one, "Resource": groups})
            if statements:
                document = json.dumps({"Version": "2012-10-17", "Statement": statements})
                iam.put_role_policy(RoleName=name, PolicyName="emulator", PolicyDocument=document)


def env(stack, pid):
    """Where everything is, one NAME=VALUE a line."""
    import boto3

    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    print(f"ENDPOINT={endpoint}")
    print(f"EMULATOR_PID={pid}")
    for output, value in sorted(outputs.items()):
        name = "".join("_" + letter if letter.isupper() else letter for letter in output).lstrip("_").upper()
        if output in ("BlipWebhookUrl", "HelpdeskCallbackUrl", "RestChannelUrl", "AvailabilityUrl", "ConsoleUrl"):
            # The API's host name resolves nowhere; it goes into the Host header of a call to 127.0.0.1.
            print(f"{name.removesuffix('_URL')}_HOST={urlsplit(value).netloc}")
            value = endpoint + urlsplit(value).path
        print(f"{name}={value}")


def client(service, endpoint):
    import boto3

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def lines(endpoint):
    """Each log group, with its lines in the order of time."""
    logs = client("logs", endpoint)
    for group in logs.get_paginator("describe_log_groups").paginate().search("logGroups[]"):
        name = group["logGroupName"]
        events = []
        for stream in logs.get_paginator("describe_log_streams").paginate(logGroupName=name).search("logStreams[]"):
            asked = {"logGroupName": name, "logStreamName": stream["logStreamName"], "startFromHead": True}
            found = logs.get_log_events(**asked)
            while found["events"]:
                events += [(event["timestamp"], event["message"]) for event in found["events"]]
                found = logs.get_log_events(nextToken=found["nextForwardToken"], **asked)
        events.sort(key=lambda event: event[0])
        yield name, [message.rstrip("\n") for _, message in events]


def logs(state):
    """One file for each function."""
    state = pathlib.Path(state)
    settings = dict(line.split("=", 1) for line in (state / "stack.env").read_text().splitlines())
    (state / "logs").mkdir(exist_ok=True)
    for name, found in lines(settings["ENDPOINT"]):
        text = "".join(line + "\n" for line in found)
        (state / "logs" / (name.rsplit("/", 1)[-1] + ".log")).write_text(text)


def written(endpoint):
    """What the stack wrote down beside messages, one JSON object a line: logs, metrics and alarms, and of the queues all but the
    bodies. What is read from the queues is not there for an hour."""
    found = [{"where": name, "text": "\n".join(text)} for name, text in lines(endpoint)]
    metrics = client("cloudwatch", endpoint)
    found.append({"where": "metrics", "text": str(list(metrics.get_paginator("list_metrics").paginate().search("Metrics[]")))})
    found.append({"where": "alarms", "text": str(metrics.describe_alarms())})
    queues = client("sqs", endpoint)
    for url in queues.list_queues().get("QueueUrls", []):
        found.append({"where": url, "text": str(queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])})
        while messages := queues.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=3600,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages"):
            for message in messages:
                del message["Body"]
            found.append({"where": url + " (attributes)", "text": str(messages)})
    for one in found:
        print(json.dumps(one))


def tick(endpoint, stack):
    """Runs the function `clock` now, and waits for its end: its schedule comes once a minute only."""
    described = client("cloudformation", endpoint).describe_stack_resource(StackName=stack, LogicalResourceId="ClockFunction")
    name = described["StackResourceDetail"]["PhysicalResourceId"]
    ran = client("lambda", endpoint).invoke(FunctionName=name, Payload=b"{}")
    if "FunctionError" in ran:
        sys.exit("the clock failed: " + ran["Payload"].read().decode())


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    done = {"free-port": free_port, "wait": wait, "prepare": prepare, "permit": permit, "rules": rules, "env": env, "logs": logs, "written": written, "tick": tick}[command](*arguments)
    sys.exit(1 if done is False else 0)
