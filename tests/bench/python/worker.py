"""The worker as a user would write it: read the conversation store, call the helpdesk, write the store; one record after the other."""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid
from datetime import datetime, timezone

import boto3
import urllib3
from runtime import run

secrets = boto3.client("secretsmanager")
table = boto3.client("dynamodb")
http = urllib3.PoolManager(ca_certs=os.environ.get("AWS_CA_BUNDLE"), timeout=8)


def secret(name):
    return json.loads(secrets.get_secret_value(SecretId=os.environ[name])["SecretString"])


SIGNING = base64.b64decode(secret("HELPDESK_SECRET_ARN")["webhook_secret"].removeprefix("whsec_"))
KEY = secret("KEYS_SECRET_ARN")["hash_key"].encode()
TABLE = os.environ["TABLE_NAME"]


def keyed(*parts):
    return hmac.new(KEY, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def post(name, event):
    body = json.dumps(event)
    timestamp = str(int(time.time()))
    mac = hmac.new(SIGNING, f"{name}.{timestamp}.{body}".encode(), hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(mac.digest()).decode(),
    }
    answer = http.request("POST", os.environ["HELPDESK_URL"], body=body, headers=headers)
    if answer.status >= 300:
        raise RuntimeError(f"the helpdesk answers {answer.status}")
    return json.loads(answer.data)


def opened(pk, envelope):
    item = table.get_item(TableName=TABLE, Key={"pk": {"S": pk}}, ConsistentRead=True).get("Item")
    if item:
        return item
    conversation = str(uuid.uuid4())
    address = envelope.get("metadata", {}).get("#tunnel.originator", envelope["from"])
    data = {"conversation": conversation, "customer": {"address": address}}
    ticket = post(f"{conversation}-started", {"type": "conversation.started", "data": data})["ticket"]
    item = {
        "pk": {"S": pk},
        "conversation": {"S": conversation},
        "ticket": {"S": ticket},
        "seq": {"N": "0"},
        "ids": {"L": []},
    }
    table.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")
    return item


def deliver(record):
    job = json.loads(record["body"])
    envelope = job["envelope"]
    pk = "python#" + keyed("conversation", envelope["from"].split("/")[0].lower())
    item = opened(pk, envelope)
    short = keyed("id", job["id"])[:12]
    ids = item["ids"]["L"]
    if any(entry["S"] == short for entry in ids):
        return
    conversation, ticket, seq = item["conversation"]["S"], item["ticket"]["S"], int(item["seq"]["N"])
    at = datetime.fromtimestamp(job["received_at"] / 1000, timezone.utc).isoformat()
    message = {"id": job["id"], "content": {"type": "text", "text": envelope["content"]}, "at": at}
    data = {"conversation": conversation, "ticket": ticket, "message": message}
    post(f"{conversation}-{short}", {"type": "message.created", "data": data})
    table.update_item(
        TableName=TABLE,
        Key={"pk": {"S": pk}},
        UpdateExpression="SET #seq = :next, #ids = :ids",
        ConditionExpression="#seq = :read",
        ExpressionAttributeNames={"#seq": "seq", "#ids": "ids"},
        ExpressionAttributeValues={
            ":next": {"N": str(seq + 1)},
            ":read": {"N": str(seq)},
            ":ids": {"L": (ids + [{"S": short}])[-48:]},
        },
    )


def handler(event):
    blocked, failures = set(), []
    for record in event["Records"]:
        group = record["attributes"]["MessageGroupId"]
        try:
            if group in blocked:
                raise RuntimeError("an earlier one failed")
            deliver(record)
        except Exception as error:  # its group waits, the others go on
            print(json.dumps({"level": "ERROR", "message": repr(error)}), flush=True)
            blocked.add(group)
            failures.append({"itemIdentifier": record["messageId"]})
    print(json.dumps({"level": "INFO", "message": "done", "records": len(event["Records"])}), flush=True)
    return {"batchItemFailures": failures}


run(handler)
