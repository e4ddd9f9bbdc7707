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
    values = dict(override.split("=", 1) for override in overrides)
    file = pathlib.Path(parameters)
    file.touch(mode=0o600)
    file.write_text(json.dumps(values))  # sam reads no .json, but JSON is YAML


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
        if output in ("BlipWebhookUrl", "HelpdeskCallbackUrl", "RestChannelUrl"):
            # The API's host name resolves nowhere; it goes into the Host header of a call to 127.0.0.1.
            print(f"{name.removesuffix('_URL')}_HOST={urlsplit(value).netloc}")
            value = endpoint + urlsplit(value).path
        print(f"{name}={value}")


def logs(state):
    """One file for each function, in the order of time."""
    state = pathlib.Path(state)
    settings = dict(line.split("=", 1) for line in (state / "stack.env").read_text().splitlines())
    import boto3

    client = boto3.client(
        "logs",
        endpoint_url=settings["ENDPOINT"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    (state / "logs").mkdir(exist_ok=True)
    for group in client.describe_log_groups(logGroupNamePrefix="/ponte/")["logGroups"]:
        name = group["logGroupName"]
        events = []
        for stream in client.get_paginator("describe_log_streams").paginate(logGroupName=name).search("logStreams[]"):
            found = client.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"], startFromHead=True)
            events += [(event["timestamp"], event["message"]) for event in found["events"]]
        events.sort(key=lambda event: event[0])
        text = "".join(message.rstrip("\n") + "\n" for _, message in events)
        (state / "logs" / (name.rsplit("/", 1)[-1] + ".log")).write_text(text)


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    done = {"free-port": free_port, "wait": wait, "prepare": prepare, "env": env, "logs": logs}[command](*arguments)
    sys.exit(1 if done is False else 0)
