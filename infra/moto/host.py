"""One stack on moto: starts moto's server, deploys the template onto it, and plays what moto does not run: Lambda, the HTTP API, and the
mappings between queues and functions. `host.py STATE` reads STATE/parameters.json, and runs until it gets SIGTERM or its owner ends.
PONTE_RULES names service rules that are in force from the beginning.

Runs in moto's virtual environment. The functions are those of infra/local/build.sh.
"""

import json
import os
import pathlib
import signal
import sys
import threading
import time

import boto3
from botocore.config import Config

from gateway import Gateway, Route
from mapping import Mapping
from resources import Maker
from runtime import Function, FunctionError, Throttled, start
from template import Template, Wrong

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "infra/local"))
from stack import put_rules  # noqa: E402
HERE = pathlib.Path(__file__).resolve().parent
# The account that moto plays. Not that of the emulator: the template has here what it has on AWS.
ACCOUNT, REGION, STACK = "123456789012", "us-east-1", "ponte"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Host:
    account, region = ACCOUNT, REGION

    def __init__(self, state):
        self.state, self.logs, self.built = state, state / "logs", ROOT / "target/local/lambda"
        self.functions, self.integrations, self.mappings, self.schedules, self.clients = {}, {}, [], [], {}
        self.logs.mkdir(parents=True, exist_ok=True)
        self.gateway = Gateway(ACCOUNT)
        self.moto, self.endpoint = self._start_moto()

    def _start_moto(self):
        port, log = self.state / "moto.port", self.state / "moto.log"
        port.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        # A bare environment: no setting or key of this user's is there.
        moto = start([sys.executable, str(HERE / "server.py"), str(port)], {"PATH": os.environ["PATH"], "HOME": str(self.state), **KEYS}, log)
        deadline = time.monotonic() + 60
        while not port.exists():
            if moto.poll() is not None or time.monotonic() > deadline:
                raise Wrong(f"moto did not start: see {self.state}/moto.log")
            time.sleep(0.05)
        return moto, f"http://127.0.0.1:{port.read_text()}"

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
                config=Config(retries={"max_attempts": 1}, max_pool_connections=20),
            )
        return self.clients[service]

    def note(self, words):
        """What went wrong in what is played here: for the person who reads why a test failed."""
        with open(self.state / "host.log", "a") as log:
            log.write(f"{time.strftime('%H:%M:%S')} {words}\n")

    # What the template's resources come to here.

    def function(self, name, arn, binary, variables, timeout, memory, logging):
        self.functions[arn] = self.functions[name] = Function(self, name, arn, binary, variables, timeout, memory, logging.get("ApplicationLogLevel", "INFO"))

    def environment(self, function):
        """What Lambda itself puts into a function's environment, and where AWS is here."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", "TZ": ":UTC",
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, **KEYS, "AWS_SESSION_TOKEN": "test",
            "AWS_LAMBDA_FUNCTION_NAME": function.name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory), "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": function.log_level,
            "AWS_LAMBDA_LOG_GROUP_NAME": "moto", "AWS_LAMBDA_LOG_STREAM_NAME": "moto", "LAMBDA_TASK_ROOT": "/var/task", "_HANDLER": "bootstrap",
        }

    def route(self, key, integration):
        self.gateway.routes.append(Route(key, self.functions[self.integrations[integration]]))

    def mapping(self, properties):
        arn = properties["EventSourceArn"]
        url = self.client("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]
        partial = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])
        at_once = int(properties.get("ScalingConfig", {}).get("MaximumConcurrency", 2))
        function = self.functions[properties["FunctionName"]]
        self.mappings.append(Mapping(self.client("sqs"), url, arn, function, int(properties.get("BatchSize", 10)), at_once, partial, self.note))

    def schedule(self, expression, arns):
        if expression != "rate(1 minute)":
            raise Wrong(f"nothing here calls by {expression}")
        self.schedules += [self.functions[arn] for arn in arns]

    def _minutes(self):
        while True:
            time.sleep(60)
            for function in self.schedules:
                try:
                    function.invoke({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}})
                except (FunctionError, Throttled) as error:
                    self.note(f"{function.name}: {error}")

    # The stack.

    def deploy(self, name, template, given):
        pseudo = {
            "AWS::StackName": name, "AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/00000000-0000-0000-0000-000000000000", "AWS::NotificationARNs": [],
        }
        nested = lambda within, url, parameters: self.deploy(f"{name}-{within}", pathlib.Path(url).stem, parameters)
        body = json.loads((self.state / "templates" / f"{template}.json").read_text())
        return Template(body, given, pseudo, Maker(self.client, self, name, nested).make).deploy()

    def run(self):
        parameters = self.state / "parameters.json"
        given = json.loads(parameters.read_text())
        parameters.unlink()
        outputs = self.deploy(STACK, "template", given)
        if rules := os.environ.get("PONTE_RULES"):
            put_rules(self.client("dynamodb"), outputs["TableName"], rules)
        threading.Thread(target=self.gateway.server.serve_forever, daemon=True).start()
        threading.Thread(target=self._minutes, daemon=True).start()
        for mapping in self.mappings:
            mapping.start()
        lines = {"ENDPOINT": self.endpoint, "MOTO_PID": self.moto.pid} | {constant(name): value for name, value in outputs.items()}
        file = self.state / "stack.env"
        file.with_suffix(".new").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        file.with_suffix(".new").rename(file)

    def stop(self):
        for mapping in self.mappings:
            mapping.stopped.set()
        for function in set(self.functions.values()):
            function.stop()
        self.moto.terminate()
        self.moto.wait()


def constant(name):
    """BlipWebhookUrl: BLIP_WEBHOOK_URL."""
    return "".join("_" + letter if letter.isupper() else letter for letter in name).lstrip("_").upper()


def runs(pid):
    """The command line is empty once a process has ended, even while nobody has collected it."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def main(state):
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    host = Host(pathlib.Path(state).resolve())
    try:
        host.run()
        owner = os.environ.get("PONTE_OWNER_PID")
        while not stop.wait(1):
            if owner and not runs(owner):
                break
            if host.moto.poll() is not None:
                raise Wrong(f"moto ended: see {state}/moto.log")
    except Wrong as wrong:
        sys.exit(f"moto: {wrong}")
    finally:
        host.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
