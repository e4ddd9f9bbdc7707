"""What of moto the host in this folder works around. Where one of these fails, moto has changed: look at what stands in `gone`.

    python infra/moto/pins.py

Runs in moto's virtual environment, against moto in this process.
"""

import json

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sqs.models import Queue

from resources import Wrong, call, cast
from template import Template

BODY = {"Parameters": {"A": {"Type": "String", "MaxLength": 3}}, "Resources": {"Q": {"Type": "X", "Properties": {"Name": {"Fn::Sub": "${A}-${AWS::Region}"}}}}}


def a_queue(sqs, scope="messageGroup"):
    attributes = {"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId", "DeduplicationScope": scope}
    return sqs.create_queue(QueueName="pins.fifo", Attributes=attributes)["QueueUrl"]


def send(sqs, url, group, identifier):
    sqs.send_message(QueueUrl=url, MessageBody=group, MessageGroupId=group, MessageDeduplicationId=identifier)


def received(sqs, url):
    return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])


@mock_aws
def bucket_policies_deny_by_conditions_that_moto_does_not_know():
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="pinned")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::pinned/*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}}
    s3.put_bucket_policy(Bucket="pinned", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    try:
        s3.put_object(Bucket="pinned", Key="a", Body=b"")
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return False


@mock_aws
def deduplication_goes_over_all_groups_of_a_queue():
    sqs = boto3.client("sqs", "us-east-1")
    url = a_queue(sqs)
    send(sqs, url, "one", "same")
    send(sqs, url, "two", "same")
    return len(received(sqs, url)) == 1


@mock_aws
def deduplication_is_forgotten_when_a_message_is_deleted():
    sqs = boto3.client("sqs", "us-east-1")
    url = a_queue(sqs)
    send(sqs, url, "one", "same")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received(sqs, url)[0]["ReceiptHandle"])
    send(sqs, url, "one", "same")
    return len(received(sqs, url)) == 1


@mock_aws
def statements_of_several_resources_pass():
    sqs = boto3.client("sqs", "us-east-1")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": ["arn:aws:sqs:us-east-1:123456789012:a", "arn:aws:sqs:us-east-1:123456789012:b"]}
    sqs.set_queue_attributes(QueueUrl=a_queue(sqs), Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    return True


def queues_change_without_a_lock():
    # A deletion writes the list of messages anew, which takes no lock: what is sent meanwhile is lost.
    return "_messages_lock" not in Queue.delete_message.__code__.co_names


def what_the_host_refuses_is_refused():
    """Not moto's: that the second reading of the template does not take what CloudFormation would not."""
    made = lambda name, resource, properties: (properties["Name"], {})
    right = Template(BODY, {"A": "abc"}, {"AWS::Region": "r"}, made)
    right.deploy()
    with mock_aws():
        sqs = boto3.client("sqs", "us-east-1")
        refused = [
            lambda: Template(BODY, {"A": "abcd"}, {}, made),
            lambda: Template(BODY, {"A": "abc", "B": ""}, {}, made),
            lambda: Template(BODY, {}, {}, made),
            lambda: right.value({"Fn::GetAtt": ["Q", "Arn"]}),
            lambda: right.value({"Ref": "Nothing"}),
            lambda: right.value({"Fn::Unknown": []}),
            lambda: call(sqs, "CreateQueue", QueueName="a", Attribute={}),
            lambda: cast(boto3.client("logs", "us-east-1").meta.service_model.operation_model("PutMetricFilter").input_shape, {"filterPatern": ""}, "filter"),
        ]
        for number, one in enumerate(refused):
            try:
                one()
            except Wrong:
                continue
            print(f"pins: number {number} passed")
            return False
    return right.made["Q"][0] == "abc-r"


PINS = {
    bucket_policies_deny_by_conditions_that_moto_does_not_know: "resources.py need not take the policy away again",
    deduplication_goes_over_all_groups_of_a_queue: "docs/aws/emulators.md",
    deduplication_is_forgotten_when_a_message_is_deleted: "docs/aws/emulators.md",
    statements_of_several_resources_pass: "resources.py need not refuse them itself",
    queues_change_without_a_lock: "server.py may let requests through side by side",
    what_the_host_refuses_is_refused: "template.py and resources.py are wrong",
}

if __name__ == "__main__":
    gone = [f"{pin.__name__} is no longer so: {what}" for pin, what in PINS.items() if not pin()]
    print("\n".join(gone) or f"pins: {len(PINS)} of moto's differences are as they were")
    raise SystemExit(bool(gone))
