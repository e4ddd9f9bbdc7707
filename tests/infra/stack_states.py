"""Plays infra/deploy against every state that CloudFormation knows, and against accounts that cannot be asked.

    python stack_states.py        in the virtual environment of sam

CloudFormation is a small server on this machine (cloudformation.py); the client is boto3 as it is.
"""

import argparse
import contextlib
import importlib.util
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
from unittest import mock

from cloudformation import CloudFormation

ROOT = pathlib.Path(__file__).resolve().parents[2]


TEMPLATE = r"""
Parameters:
  WorkerConcurrency: {Type: Number, Default: 20, MinValue: 2, MaxValue: 1000}
  GreetingText: {Type: String, MaxLength: 320, AllowedPattern: '[^"\\\\]*', ConstraintDescription: must be without backslashes}
  LogLevel: {Type: String, AllowedValues: [info, debug]}
Resources:
  Table: {Type: AWS::DynamoDB::Table, Properties: {}}
"""


def functions():
    """Three workers, four others, and one that is not in every stack."""
    worker = "{Type: 'AWS::Serverless::Function', Properties: {Events: {Queue: {Type: SQS}}}}"
    other = "{Type: 'AWS::Serverless::Function', Properties: {Events: {Minute: {Type: Schedule}}}}"
    optional = "{Type: 'AWS::Serverless::Function', Condition: Sweeps, Properties: {}}"
    named = [(f"Worker{n}", worker) for n in range(3)] + [(f"Other{n}", other) for n in range(4)] + [("SweepFunction", optional)]
    return "".join(f"  {name}: {function}\n" for name, function in named)


def deploy_module():
    """infra/deploy as a module, for what is asked of it more often than a process can be started."""
    sys.path.insert(0, str(ROOT / "infra/deploy"))
    spec = importlib.util.spec_from_file_location("deploy", ROOT / "infra/deploy/__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Case(unittest.TestCase):
    def setUp(self):
        self.aws = CloudFormation()
        threading.Thread(target=self.aws.serve_forever, daemon=True).start()
        self.addCleanup(self.aws.server_close)
        self.addCleanup(self.aws.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "template.yaml").write_text(TEMPLATE + functions())
        self.configure('stack_name = "ponte"\nregion = "sa-east-1"\n')
        # A sam that says what it was given, so that nothing is deployed.
        (self.folder / "sam").write_text('#!/bin/sh\necho "sam $*"\n')
        (self.folder / "sam").chmod(0o755)
        self.environment = {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "HOME": folder.name,
            "AWS_ENDPOINT_URL": self.aws.endpoint,
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def configure(self, lines):
        (self.folder / "samconfig.toml").write_text("version = 0.1\n[default.global.parameters]\n" + lines)

    def run_it(self, *arguments, code, **environment):
        """Nobody is there to answer: the standard input is empty and no terminal."""
        known = {name: value for name, value in {**self.environment, **environment}.items() if value is not None}
        command = [sys.executable, str(ROOT / "infra/deploy"), *arguments]
        done = subprocess.run(command, cwd=self.folder, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, said)
        self.assertNotIn("Traceback", said)
        return said


class States(Case):
    # What is expected of each, by the exit code and what is said.
    EXPECTED = {
        None: (0, "is not there yet; all its parameters are asked"),
        "DELETE_COMPLETE": (0, "is not there yet; all its parameters are asked"),
        "REVIEW_IN_PROGRESS": (0, "an earlier deployment was prepared and not confirmed"),
        "CREATE_FAILED": (2, "aws cloudformation delete-stack --region sa-east-1 --stack-name ponte"),
        "ROLLBACK_COMPLETE": (2, "aws cloudformation delete-stack --region sa-east-1 --stack-name ponte"),
        "ROLLBACK_FAILED": (2, "aws cloudformation delete-stack --region sa-east-1 --stack-name ponte"),
        "DELETE_FAILED": (2, "aws cloudformation delete-stack --region sa-east-1 --stack-name ponte"),
        "CREATE_COMPLETE": (0, "it stands"),
        "UPDATE_COMPLETE": (0, "it stands"),
        "UPDATE_ROLLBACK_COMPLETE": (0, "it stands as it was before the last deployment"),
        "IMPORT_COMPLETE": (0, "it stands"),
        "IMPORT_ROLLBACK_COMPLETE": (0, "it stands as it was before an import"),
        "UPDATE_FAILED": (2, "aws cloudformation rollback-stack --region sa-east-1 --stack-name ponte"),
        "UPDATE_ROLLBACK_FAILED": (2, "aws cloudformation continue-update-rollback --region sa-east-1 --stack-name ponte"),
        "IMPORT_ROLLBACK_FAILED": (2, "an import failed"),
    }

    def test_every_state_of_cloudformation_has_an_answer(self):
        from botocore.loaders import Loader

        deploy = deploy_module()
        known = Loader().load_service_model("cloudformation", "service-2")["shapes"]["StackStatus"]["enum"]
        self.assertGreater(len(known), 20)
        self.assertLessEqual(set(self.EXPECTED) - {None}, set(known))
        arguments = argparse.Namespace(stack_name=None, region=None, profile=None, yes=False, build=None, prepare=True, sam=[])
        with contextlib.chdir(self.folder), mock.patch.dict(os.environ, self.environment), open(os.devnull) as nobody:
            for status in [None, *known]:
                with self.subTest(status), mock.patch.object(sys, "stdin", nobody):
                    self.aws.status, self.aws.asked = status, []
                    code, expected = self.EXPECTED.get(status, (2, "Wait until it is done"))
                    if status not in self.EXPECTED:
                        self.assertRegex(status, "_IN_PROGRESS$")
                    said = io.StringIO()
                    with contextlib.redirect_stdout(said):
                        try:
                            self.assertEqual((deploy.main(arguments), code), (0, 0))
                        except deploy.states.Decision as decision:
                            self.assertEqual(code, 2)
                            print(decision)
                    self.assertIn(expected, said.getvalue())
                    self.assertNotIn("DeleteStack", self.aws.asked)

    def test_a_stack_that_failed_at_first_is_deleted_after_a_yes(self):
        for status in ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            with self.subTest(status):
                self.aws.status, self.aws.asked = status, []
                said = self.run_it("--prepare", "--yes", code=0)
                self.assertIn("DeleteStack", self.aws.asked)
                self.assertIn("Topic (AWS::SNS::Topic): no right to sns:CreateTopic", said)
                self.assertNotIn("of an earlier deployment", said)
                self.assertNotIn("cancelled", said)
                # What stays is named, and nothing else.
                self.assertIn("AWS::DynamoDB::Table ponte-Table-ABC", said)
                self.assertIn("AWS::S3::Bucket ponte-bucket-abc", said)
                self.assertNotIn("ponte-Keys-ABC", said)
                self.assertNotIn("ponte-Topic-ABC", said)
                self.assertIn("all its parameters are asked", said)

    def test_a_deletion_that_fails_says_what_holds(self):
        self.aws.status, self.aws.then = "ROLLBACK_COMPLETE", "DELETE_FAILED"
        said = self.run_it("--prepare", "--yes", code=2)
        self.assertIn("The topic is in use.", said)
        self.assertIn("--retain-resources Topic", said)

    def test_a_stack_that_stands_is_deployed_without_questions(self):
        self.aws.status = "UPDATE_COMPLETE"
        said = self.run_it("--yes", "--", "--parameter-overrides", "file://x.yaml", code=0)
        self.assertIn("sam deploy --stack-name ponte --region sa-east-1 --no-confirm-changeset --parameter-overrides file://x.yaml", said)
        self.assertNotIn("sam", self.run_it(code=2).replace("deploy:", ""))  # without --yes nobody confirms

    def test_nothing_is_built_for_a_stack_that_takes_no_deployment(self):
        self.aws.status = "UPDATE_IN_PROGRESS"
        self.assertNotIn("built it", self.run_it("--yes", "--build", "echo built it", code=2))
        self.aws.status = "UPDATE_COMPLETE"
        said = self.run_it("--yes", "--build", "echo built it", code=0)
        self.assertIn("built it", said)
        self.assertIn("sam deploy", said)
        self.assertNotIn("sam deploy", self.run_it("--yes", "--build", "exit 7", code=7))

    def test_a_new_stack_needs_somebody_who_answers(self):
        said = self.run_it("--yes", code=2)
        self.assertIn("Give all parameters in a file", said)
        said = self.run_it("--yes", "--", "--parameter-overrides", "file://x.yaml", code=0)
        self.assertIn("--parameter-overrides file://x.yaml", said)
        self.assertNotIn("--guided", said)

    def test_the_stack_is_that_of_samconfig_or_of_the_options(self):
        self.configure('stack_name = "other"\nregion = "us-east-1"\n')
        self.assertIn("The stack other in us-east-1", self.run_it("--prepare", code=0))
        said = self.run_it("--prepare", "--stack-name", "third", "--region", "eu-west-1", code=0)
        self.assertIn("The stack third in eu-west-1", said)


class Accounts(Case):
    def refused(self, status, code, message="no"):
        self.aws.refusal = (status, code, message)
        return self.run_it("--prepare", code=3)

    def test_credentials_that_are_not_taken(self):
        self.assertIn("have expired", self.refused(403, "ExpiredToken"))
        self.assertIn("does not know this access key", self.refused(403, "InvalidClientTokenId"))
        self.assertIn("does not fit the access key", self.refused(403, "SignatureDoesNotMatch"))
        self.assertIn("infra/deployer-policy.json", self.refused(403, "AccessDenied", "not authorized to perform: cloudformation:DescribeStacks"))
        self.assertIn("SomethingElse", self.refused(400, "SomethingElse"))

    def test_credentials_that_are_not_there(self):
        self.assertIn("no AWS credentials", self.run_it("--prepare", code=3, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None))
        self.assertIn("no AWS credentials", self.run_it("--prepare", code=3, AWS_SECRET_ACCESS_KEY=None))
        said = self.run_it("--prepare", code=3, AWS_PROFILE="absent")
        self.assertIn("absent", said)

    def test_a_region_that_is_missing_or_wrong(self):
        self.configure('stack_name = "ponte"\n')
        self.assertIn("No AWS region is set", self.run_it("--prepare", code=3))
        self.assertIn("sa-east-1", self.run_it("--prepare", code=0, AWS_DEFAULT_REGION="sa-east-1"))
        self.assertIn("written as sa-east-1", self.run_it("--prepare", "--region", "São Paulo", code=3))

    def test_no_network(self):
        self.assertIn("AWS cannot be reached", self.run_it("--prepare", code=3, AWS_ENDPOINT_URL="http://127.0.0.1:1"))

    def test_a_configuration_that_cannot_be_read(self):
        self.configure("stack_name = \n")
        self.assertIn("samconfig.toml cannot be read", self.run_it("--prepare", code=2))

    def test_an_answer_that_the_template_does_not_take(self):
        # As sam saves an answer that ends in a backslash.
        for line, said in {
            r"""'GreetingText="Ol\" LogLevel="info"'""": "GreetingText must be without backslashes",
            r"""'LogLevel="loud" GreetingText="x"'""": "LogLevel is not one of the values",
            r"""'WorkerConcurrency="1"'""": "WorkerConcurrency is not one of the values",
            r"""'WorkerConcurrency="2000"'""": "WorkerConcurrency is not one of the values",
        }.items():
            with self.subTest(line):
                self.configure(f'stack_name = "ponte"\nregion = "sa-east-1"\nparameter_overrides = {line}\n')
                self.aws.status = "CREATE_COMPLETE"
                self.assertIn(said, self.run_it("--yes", code=2))
                self.aws.status = None  # asked again all the same
                self.assertIn(said, self.run_it("--prepare", code=0))
        self.configure('stack_name = "ponte"\nregion = "sa-east-1"\nparameter_overrides = "GreetingText=\\"Olá 😊\\" LogLevel=\\"info\\""\n')
        self.assertNotIn("does not take", self.run_it("--prepare", code=0))

    def test_the_functions_are_those_of_the_template(self):
        deploy = deploy_module()
        with contextlib.chdir(ROOT):
            found = deploy.configuration.functions()
        self.assertEqual((found.workers, found.others), (3, 4))
        self.assertEqual(found.optional, ["RestChannelFunction", "AvailabilityFunction", "ConsoleFunction", "SweepFunction"])
        # One more in the template is one more here.
        with contextlib.chdir(self.folder):
            (self.folder / "template.yaml").write_text(TEMPLATE + functions() + "  Another: {Type: 'AWS::Serverless::Function', Properties: {}}\n")
            self.assertEqual(deploy.configuration.functions().others, 5)

    def test_an_account_that_runs_too_few_functions(self):
        self.aws.status, self.aws.quota, self.aws.workers = "CREATE_COMPLETE", 10, "20"
        said = self.run_it("--prepare", code=0)
        self.assertIn("may run 10 functions at once", said)
        self.assertIn("takes 60 of them for the workers, and the other functions need 4, and one more each where they are deployed: SweepFunction.", said)
        self.assertIn("Set WorkerConcurrency to 2", said)
        self.assertIn("L-B99A9384", said)
        self.aws.workers = "2"  # 3 * 2 + 4
        self.assertNotIn("functions at once", self.run_it("--prepare", code=0))
        # What is answered goes before what the stack has.
        self.configure('stack_name = "ponte"\nregion = "sa-east-1"\nparameter_overrides = "WorkerConcurrency=\\"3\\""\n')
        self.assertIn("WorkerConcurrency=3", self.run_it("--prepare", code=0))
        # Without a stack and an answer it is the template's default.
        self.configure('stack_name = "ponte"\nregion = "sa-east-1"\n')
        self.aws.status = None
        self.assertIn("WorkerConcurrency=20", self.run_it("--prepare", code=0))
        # Whoever may not ask deploys all the same.
        self.aws.quota = None
        self.assertNotIn("functions at once", self.run_it("--prepare", code=0))


if __name__ == "__main__":
    unittest.main()
