"""Plays Lambda for the built functions: starts a bootstrap as a process with the environment that the template gives it, and speaks
the Runtime API to it. An instance works one event at a time; for more at once there are more instances."""

import ctypes
import json
import pathlib
import queue
import signal
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A new account may run ten functions at once (Lambda quotas). Here it is a limit of each function, so that a fault cannot flood the machine.
MOST_INSTANCES = 10
# Lambda gives a function ten seconds to start (Lambda runtime environment, "Init phase"); this machine may be busy.
START_SECONDS = 30
PATH = "/2018-06-01/runtime/"


class FunctionError(Exception):
    """The function failed, ended or took too long."""


class Throttled(Exception):
    """All instances are busy."""


class Instance:
    def __init__(self, function, host):
        self.function, self.events, self.answers, self.deadline = function, queue.Queue(), queue.Queue(), 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Api,), {"instance": self}))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        environment = function.environment | host.environment(function) | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}"}
        self.process = start([function.bootstrap], environment, host.logs / f"{function.name}.log")

    def invoke(self, event):
        self.deadline = time.time() + self.function.timeout
        limit = time.monotonic() + self.function.timeout + (START_SECONDS if self.function.cold(self) else 0)
        identifier = str(uuid.uuid4())
        self.events.put((identifier, json.dumps(event).encode()))
        while time.monotonic() < limit:
            try:
                answered, kind, body = self.answers.get(timeout=0.1)
            except queue.Empty:
                if self.process.poll() is not None:
                    raise FunctionError(f"it ended with {self.process.returncode}") from None
                continue
            if kind == "response" and answered == identifier:
                return json.loads(body or b"null")
            raise FunctionError(f"{kind} of {answered}")
        raise FunctionError("it took too long")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


class _Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    instance = None

    def do_GET(self):
        if self.path != PATH + "invocation/next":
            return self.answer(404)
        given = self.instance.events.get()
        if given is None:
            self.close_connection = True
            return
        identifier, event = given
        self.answer(200, event, {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": identifier,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + self.instance.function.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.instance.function.arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        })

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self.path.removeprefix(PATH).split("/")
        if parts == ["init", "error"]:
            self.instance.answers.put(("", "init error", body))
        else:
            self.instance.answers.put((parts[1], parts[2], body))
        self.answer(202, b'{"status":"OK"}')

    def answer(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Function:
    """One function of the template."""

    def __init__(self, host, name, arn, binary, environment, timeout, memory, log_level):
        self.host, self.name, self.arn, self.timeout, self.memory, self.log_level = host, name, arn, timeout, memory, log_level
        self.bootstrap = str(host.built / binary / "bootstrap")
        if not pathlib.Path(self.bootstrap).exists():
            raise FileNotFoundError(f"{self.bootstrap} is not built")
        self.environment = environment
        self.instances, self.idle, self.warm, self.stopped, self.lock = [], [], set(), False, threading.Lock()

    def cold(self, instance):
        return instance not in self.warm

    def invoke(self, event):
        with self.lock:
            if self.idle:
                instance = self.idle.pop()
            elif len(self.instances) < MOST_INSTANCES:
                instance = Instance(self, self.host)
                self.instances.append(instance)
            else:
                raise Throttled(self.name)
        try:
            answer = instance.invoke(event)
        except FunctionError as error:
            if not self.stopped:
                self.host.note(f"{self.name}: {error}")
            with self.lock:
                self.instances.remove(instance)
            instance.stop()
            raise
        with self.lock:
            self.warm.add(instance)
            self.idle.append(instance)
        return answer

    def stop(self):
        self.stopped = True
        with self.lock:
            for instance in self.instances:
                instance.process.kill()
                instance.process.wait()


# The thread that starts processes: one that stays, since a process would end with the thread that started it.
_STARTER = ThreadPoolExecutor(max_workers=1)
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_LIBC = ctypes.CDLL(None)


def start(command, environment, log):
    """A process that ends when this one does, however this one ends."""

    def started():
        with open(log, "ab") as output:
            return subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                preexec_fn=lambda: _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
            )

    return _STARTER.submit(started).result()
