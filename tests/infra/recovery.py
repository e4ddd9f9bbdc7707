"""A first deployment of the real template that fails, and how `make deploy` gets over it: on the emulator, with sam as it is.

    EMULATOR=FOLDER python recovery.py      in the virtual environment of sam, after infra/local/build.sh
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import boto3
from samcli.yamlhelper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / "target/local/sam"
sys.path.insert(0, str(ROOT / "infra/local"))
import stack as local  # noqa: E402

SECRETS = {
    "BlipKey": "first-key",
    "BlipToken": "a-token-of-16-or-more",
    "BlipRouterKey": "none",
    "RestChannelToken": "none",
    "AvailabilityToken": "none",
    "LocalEmulator": "true",
    "HelpdeskCredentials": "none",
    "HelpdeskWebhookSecret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM=",
}
GIVEN = {"BlipUrl": "https://company.http.msging.net", "HelpdeskUrl": "https://helpdesk.example", "HelpdeskSettings": '{"note":"Olá! Custa R$ 5; 100% = 1 👋"}'}
# A policy of a role that is not there, once the table is: that outlives the rollback.
FAILING = """
  Fails:
    Type: AWS::IAM::Policy
    DependsOn: [ConversationTable, KeysSecret]
    Properties:
      PolicyName: fails
      Roles: [absent]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:ListQueues", Resource: "*"}]}
"""


class Recovery(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.endpoint, emulator = self.start(os.environ["EMULATOR"])
        self.addCleanup(emulator.wait)
        self.addCleanup(emulator.terminate)
        self.aws = boto3.Session("test", "test", region_name="us-east-1")
        # As the folder of a clone in which `make build` has run.
        for file in ("samconfig.toml", "template.yaml"):
            (self.folder / file).write_text((ROOT / file).read_text())
        (self.folder / ".aws-sam").mkdir()
        self.environment = {
            "PATH": f"{pathlib.Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": folder.name,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "AWS_ENDPOINT_URL": self.endpoint,
            **self.deployer(),
            "AWS_DEFAULT_REGION": "us-east-1",
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.2",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.bucket_for_code()

    def bucket_for_code(self):
        """sam makes it, in a stack of its own, and lets nobody in by plain HTTP; the emulator speaks nothing else."""
        code = "from samcli.lib.bootstrap.bootstrap import manage_stack; print(manage_stack(None, 'us-east-1'))"
        made = subprocess.run([sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        self.aws.client("s3", endpoint_url=self.endpoint).delete_bucket_policy(Bucket=made.stdout.split()[-1])

    def deployer(self):
        """Credentials of somebody who may do what infra/deployer-policy.json allows. The emulator asks this for sam's calls, not for those of its CloudFormation."""
        iam = self.aws.client("iam", endpoint_url=self.endpoint)
        policy = iam.create_policy(PolicyName="deployer", PolicyDocument=(ROOT / "infra/deployer-policy.json").read_text())["Policy"]["Arn"]
        iam.create_user(UserName="deployer")
        iam.attach_user_policy(UserName="deployer", PolicyArn=policy)
        key = iam.create_access_key(UserName="deployer")["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def start(self, folder):
        """Between finding a free port and taking it another process may be quicker."""
        for _ in range(3):
            port = subprocess.run([sys.executable, ROOT / "infra/local/stack.py", "free-port"], capture_output=True, text=True, check=True).stdout.strip()
            endpoint = f"http://127.0.0.1:{port}"
            environment = {
                "PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": os.environ["HOME"], "LANG": "C.UTF-8", "TMPDIR": str(self.folder),
                "PYTHONDONTWRITEBYTECODE": "1", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": port, "MINISTACK_HOST": "localhost",
                "AWS_ENDPOINT_URL": endpoint, "MINISTACK_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "AUTH": "true", "IOT_MTLS_ENABLED": "false", "SFTP_ENABLED": "false",
                "SERVICES": "apigateway,cloudformation,dynamodb,events,iam,lambda,logs,monitoring,s3,secretsmanager,sns,sqs,sts",
            }  # fmt: skip
            with open(self.folder / "emulator.log", "w") as log:
                emulator = subprocess.Popen([f"{folder}/bin/ministack"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if local.wait(endpoint, emulator.pid):
                return endpoint, emulator
            emulator.kill()
            emulator.wait()
        self.fail((self.folder / "emulator.log").read_text())

    def artifacts(self, more):
        """The built template as it is, or with one more resource."""
        built = self.folder / ".aws-sam/build"
        if not built.exists():
            built.mkdir()
            for one in BUILT.iterdir():
                if one.name != "template.yaml":
                    (built / one.name).symlink_to(one)
        text = (BUILT / "template.yaml").read_text()
        head, mark, tail = text.partition("\nResources:\n")
        self.assertTrue(mark)
        (built / "template.yaml").write_text(head + mark + more.lstrip("\n") + tail)

    def run_it(self, answers, *arguments):
        command = [sys.executable, ROOT / "infra/deploy", *arguments]
        terminal = [sys.executable, ROOT / "tests/infra/terminal.py", json.dumps(answers)]
        return subprocess.run(terminal + command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=540)

    def answers(self, saved):
        """What somebody types at sam's questions: Enter where there is an answer in brackets."""
        yield "Stack Name", ""
        yield "AWS Region", ""
        for name in yaml_parse((BUILT / "template.yaml").read_text())["Parameters"]:
            yield f"Parameter {name}", SECRETS.get(name, "" if saved else GIVEN.get(name, ""))
        yield "Confirm changes before deploy", "y"
        yield "Allow SAM CLI IAM role creation", "y"
        yield "Disable rollback", "n"
        yield "Save arguments to configuration file", "y"
        yield "SAM configuration file", ""
        yield "SAM configuration environment", ""
        yield "Deploy this changeset?", "y"

    def status(self):
        return self.aws.client("cloudformation", endpoint_url=self.endpoint).describe_stacks(StackName="ponte")["Stacks"][0]["StackStatus"]

    def secret(self, description):
        client = self.aws.client("secretsmanager", endpoint_url=self.endpoint)
        for one in client.list_secrets()["SecretList"]:
            if one.get("Description", "").startswith(f"ponte: {description}"):
                yield client.get_secret_value(SecretId=one["ARN"])["SecretString"]

    def test_a_first_deployment_that_failed_is_repeated(self):
        self.artifacts(FAILING)
        first = self.run_it(list(self.answers(saved=False)))
        self.assertNotIn(first.returncode, (0, 99), first.stdout)
        self.assertEqual(self.status(), "ROLLBACK_COMPLETE", first.stdout)
        self.assertIn("Fails (AWS::IAM::Policy)", first.stdout)
        self.assertIn("parameter_overrides", (self.folder / "samconfig.toml").read_text())
        tables = self.aws.client("dynamodb", endpoint_url=self.endpoint).list_tables()["TableNames"]
        self.assertEqual(len(tables), 1)

        # A no leaves it as it is.
        self.artifacts("")
        refused = self.run_it([("Delete the stack ponte", "n")])
        self.assertEqual(refused.returncode, 2, refused.stdout)
        self.assertIn("Nothing was changed", refused.stdout)
        self.assertEqual(self.status(), "ROLLBACK_COMPLETE")

        second = self.run_it([("Delete the stack ponte", "y"), *self.answers(saved=True)])
        self.assertEqual(second.returncode, 0, second.stdout)
        self.assertIn(f"AWS::DynamoDB::Table {tables[0]}", second.stdout)
        self.assertEqual(self.status(), "CREATE_COMPLETE")
        # The answers of the first time were kept, and the secrets asked anew.
        stack = self.aws.client("cloudformation", endpoint_url=self.endpoint).describe_stacks(StackName="ponte")["Stacks"][0]
        parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
        for name, value in GIVEN.items():
            self.assertEqual(parameters[name], value)
        self.assertEqual(list(self.secret("the key of the bot")), [json.dumps({"key": SECRETS["BlipKey"], "token": SECRETS["BlipToken"]}, separators=(",", ":"))])

        # A stack that stands is asked nothing.
        third = self.run_it([], "--yes")
        self.assertEqual(third.returncode, 0, third.stdout)
        self.assertIn("it stands (CREATE_COMPLETE)", third.stdout)


if __name__ == "__main__":
    unittest.main()
