"""Lambda's Runtime API in a plain loop. AWS's own client (awslambdaric) does the same with a native module, and no quicker."""

import http.client
import json
import os
import sys

PREFIX = "/2018-06-01/runtime/"


def run(handler):
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    connection = http.client.HTTPConnection(host, int(port))

    def call(method, path, body=None):
        connection.request(method, PREFIX + path, body, {"content-type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.headers, answer.read()

    while True:
        headers, event = call("GET", "invocation/next")
        request = headers["lambda-runtime-aws-request-id"]
        try:
            call("POST", f"invocation/{request}/response", json.dumps(handler(json.loads(event))))
        except Exception as error:  # the runtime's duty: one event's failure is not the function's
            print(repr(error), file=sys.stderr)
            call("POST", f"invocation/{request}/error", json.dumps({"errorMessage": repr(error)}))
