"""The webhook as a user would write it: verify, parse, send to the FIFO queue."""

import base64
import hashlib
import hmac
import json
import os
import time

import boto3
from runtime import run

secrets = boto3.client("secretsmanager")
sqs = boto3.client("sqs")


def secret(name):
    return json.loads(secrets.get_secret_value(SecretId=os.environ[name])["SecretString"])


TOKEN = secret("BLIP_SECRET_ARN")["token"]
KEY = secret("KEYS_SECRET_ARN")["hash_key"].encode()
QUEUE = os.environ["TO_HELPDESK_QUEUE_URL"]


def keyed(*parts):
    return hmac.new(KEY, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def handler(event):
    presented = event["headers"].get("authorization", "")
    for scheme in ("Key ", "Bearer "):
        if presented.startswith(scheme):
            presented = presented[len(scheme) :]
    if not hmac.compare_digest(presented.encode(), TOKEN.encode()):
        return {"statusCode": 401}
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"]
    try:
        message = json.loads(body)
        sender, source = message["from"], message["id"]
    except (ValueError, KeyError):
        return {"statusCode": 400}
    group = keyed("group", sender.split("/")[0].lower())
    job = {"v": 1, "id": source, "received_at": int(time.time() * 1000), "envelope": message}
    sqs.send_message(
        QueueUrl=QUEUE,
        MessageGroupId=group,
        MessageDeduplicationId=keyed("message", group, source),
        MessageBody=json.dumps(job),
    )
    print(json.dumps({"level": "INFO", "message": "accepted"}), flush=True)
    return {"statusCode": 200}


run(handler)
