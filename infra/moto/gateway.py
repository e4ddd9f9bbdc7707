"""Plays the HTTP API: finds the route, makes an event of the request in payload format 2.0, and a response of what the function answers
(API Gateway, "Create AWS Lambda proxy integrations for HTTP APIs")."""

import base64
import json
import re
import sys
import time
import uuid
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from runtime import FunctionError, Throttled

# Bodies of these types are text in an event, all others base64.
TEXT = re.compile(r"(text/|application/(json|javascript|xml|x-www-form-urlencoded|[\w.-]+\+(json|xml)))")
LARGEST_BODY = 10 * 1024 * 1024  # API Gateway quotas, HTTP API: payload size
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A caller who does not wait for the answer is no error; the site's customers do so on purpose."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Route:
    def __init__(self, key, function):
        self.key, self.function = key, function
        self.method, path = key.split(" ", 1)
        self.pattern = re.compile("".join(f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path)))

    def match(self, method, path):
        return self.pattern.fullmatch(path) if self.method in ("ANY", method) else None

    def rank(self):
        """A path without variables comes first, then a method before ANY (API Gateway, "Routing API requests")."""
        return ("{" in self.key, self.method == "ANY")


class Gateway:
    """Listens from the beginning, so that its address is known before the functions are made; routes come later."""

    def __init__(self, account):
        self.account, self.id, self.routes = account, uuid.uuid4().hex[:10], []
        self.server = Server(("127.0.0.1", 0), type("Handler", (_Request,), {"gateway": self}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def find(self, method, path):
        for route in sorted(self.routes, key=Route.rank):
            if found := route.match(method, path):
                return route, found.groupdict()
        return None, {}


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gateway = None

    def serve(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > LARGEST_BODY:
            self.close_connection = True
            return self.refuse(413, "Request Entity Too Large")
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        route, variables = self.gateway.find(self.command, parts.path)
        if route is None:
            return self.refuse(404, "Not Found")
        try:
            answer = route.function.invoke(self.event(route, variables, parts, body))
            self.respond(answer)
        except Throttled:
            self.refuse(503, "Service Unavailable")
        except (FunctionError, KeyError, TypeError, ValueError):
            self.refuse(500, "Internal Server Error")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = serve

    def event(self, route, variables, parts, body):
        headers = {}
        for name, value in self.headers.items():
            name = name.lower()
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        # Only what the gateway itself saw counts as the caller's address.
        headers |= {"x-forwarded-for": self.client_address[0], "x-forwarded-proto": "http"}
        query = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        now = time.time()
        event = {
            "version": "2.0",
            "routeKey": route.key,
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": headers,
            "requestContext": {
                "accountId": self.gateway.account,
                "apiId": self.gateway.id,
                "domainName": headers.get("host", ""),
                "domainPrefix": self.gateway.id,
                "http": {
                    "method": self.command,
                    "path": parts.path,
                    "protocol": self.request_version,
                    "sourceIp": self.client_address[0],
                    "userAgent": headers.get("user-agent", ""),
                },
                "requestId": uuid.uuid4().hex,
                "routeKey": route.key,
                "stage": "$default",
                "time": formatdate(now, usegmt=True),
                "timeEpoch": int(now * 1000),
            },
            "isBase64Encoded": False,
        }
        if query:
            event["queryStringParameters"] = query
        if variables:
            event["pathParameters"] = {name: unquote(value) for name, value in variables.items()}
        if body:
            text = TEXT.match(headers.get("content-type", "")) is not None
            try:
                event["body"] = body.decode() if text else base64.b64encode(body).decode()
            except UnicodeDecodeError:
                text, event["body"] = False, base64.b64encode(body).decode()
            event["isBase64Encoded"] = not text
        return event

    def respond(self, answer):
        # Without a status, all of the answer is the body.
        if not isinstance(answer, dict) or "statusCode" not in answer:
            answer = {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(answer)}
        body = answer.get("body") or ""
        body = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        self.send_response(answer["statusCode"])
        for name, value in (answer.get("headers") or {}).items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, str(value))
        for cookie in answer.get("cookies") or []:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, message):
        """What the gateway says itself."""
        self.respond({"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps({"message": message})})

    def log_message(self, *_):
        pass
