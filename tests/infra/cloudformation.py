"""CloudFormation for one stack, as boto3 hears it, and an account with a quota of functions. An emulator does not come into every state."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

TEMPLATE = """
Resources:
  Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain}
  Keys: {Type: AWS::SecretsManager::Secret, DeletionPolicy: RetainExceptOnCreate}
  Topic: {Type: AWS::SNS::Topic}
"""
IDENTITY = "arn:aws:cloudformation:sa-east-1:123456789012:stack/ponte/1"


class CloudFormation(ThreadingHTTPServer):
    """One stack, and an account with a quota. `then` is the state that a deletion leads to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.then, self.refusal = None, "DELETE_COMPLETE", None
        self.quota, self.workers, self.asked = 1000, "2", []
        self.resources = [
            ("Table", "AWS::DynamoDB::Table", "ponte-Table-ABC", "CREATE_COMPLETE"),
            ("Keys", "AWS::SecretsManager::Secret", "ponte-Keys-ABC", "DELETE_COMPLETE"),
            ("Topic", "AWS::SNS::Topic", "ponte-Topic-ABC", "CREATE_COMPLETE"),
        ]
        self.endpoint = f"http://127.0.0.1:{self.server_port}"

    def answer(self, action, form):
        self.asked.append(action)
        if action == "DeleteStack":
            self.status = self.then
            if self.then == "DELETE_FAILED":
                self.resources[2] = (*self.resources[2][:3], "DELETE_FAILED")
            return ""
        if self.status is None or (self.status == "DELETE_COMPLETE" and form["StackName"][0] == "ponte"):
            raise Refused(400, "ValidationError", f"Stack with id {form['StackName'][0]} does not exist")
        if action == "DescribeStacks":
            return (
                f"<Stacks><member><StackName>ponte</StackName><StackId>{IDENTITY}</StackId><CreationTime>2026-01-01T00:00:00Z</CreationTime>"
                f"<StackStatus>{self.status}</StackStatus><StackStatusReason>The topic is in use.</StackStatusReason><Parameters><member>"
                f"<ParameterKey>WorkerConcurrency</ParameterKey><ParameterValue>{self.workers}</ParameterValue></member></Parameters></member></Stacks>"
            )
        if action == "GetTemplate":
            return f"<TemplateBody>{escape(TEMPLATE)}</TemplateBody>"
        if action == "ListStackResources":
            members = "".join(
                f"<member><LogicalResourceId>{one}</LogicalResourceId><ResourceType>{kind}</ResourceType><PhysicalResourceId>{name}"
                f"</PhysicalResourceId><ResourceStatus>{status}</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>"
                for one, kind, name, status in self.resources
            )
            return f"<StackResourceSummaries>{members}</StackResourceSummaries>"
        if action == "DescribeStackEvents":
            events = [
                ("ponte", "AWS::CloudFormation::Stack", IDENTITY, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create"),
                ("Bucket", "AWS::S3::Bucket", "ponte-bucket-abc", "DELETE_SKIPPED", ""),
                ("Table", "AWS::DynamoDB::Table", "t", "CREATE_FAILED", "Resource creation cancelled"),
                ("Topic", "AWS::SNS::Topic", "x", "CREATE_FAILED", "no right to sns:CreateTopic"),
                ("ponte", "AWS::CloudFormation::Stack", IDENTITY, "CREATE_IN_PROGRESS", "User Initiated"),
                ("Topic", "AWS::SNS::Topic", "x", "CREATE_FAILED", "of an earlier deployment"),
            ]
            members = "".join(
                f"<member><LogicalResourceId>{one}</LogicalResourceId><ResourceType>{kind}</ResourceType><PhysicalResourceId>{name}</PhysicalResourceId>"
                f"<ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{reason}</ResourceStatusReason></member>"
                for one, kind, name, status, reason in events
            )
            return f"<StackEvents>{members}</StackEvents>"
        raise AssertionError(action)


class Refused(Exception):
    pass


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def send(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        assert self.path.rstrip("/").endswith("/account-settings"), self.path
        if self.server.quota is None:
            return self.send(403, "application/json", json.dumps({"Code": "AccessDeniedException", "Message": "no"}))
        self.send(200, "application/json", json.dumps({"AccountLimit": {"ConcurrentExecutions": self.server.quota}}))

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        action = form["Action"][0]
        try:
            if self.server.refusal:
                raise Refused(*self.server.refusal)
            result = self.server.answer(action, form)
        except Refused as refused:
            status, code, message = refused.args
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            return self.send(status, "text/xml", f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>")
        name = "DeleteStackResponse" if action == "DeleteStack" else f"{action}Response"
        inner = "" if action == "DeleteStack" else f"<{action}Result>{result}</{action}Result>"
        self.send(200, "text/xml", f"<{name}>{inner}<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{name}>")
