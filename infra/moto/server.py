"""moto's server, on a free port of 127.0.0.1, which it writes down: `server.py PORT_FILE`.

moto changes its queues and tables without a lock while it serves several requests at once: a message that is sent while another
is deleted can be lost, and two receives can take the same message group. AWS does neither, so each request of SQS and DynamoDB
has moto to itself here.
"""

import logging
import pathlib
import signal
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request says nothing here


class OneAtATime:
    # How the JSON protocols of the two begin their X-Amz-Target.
    SERVICES = ("AmazonSQS.", "DynamoDB_")

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith(self.SERVICES):
            return self.application(environ, start_response)
        with self.lock:
            # A list: nothing of moto runs after the lock is given back.
            return [b"".join(self.application(environ, start_response))]


class Handler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, and an upload's "Expect: 100-continue" is answered


def main(port_file):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = make_server("127.0.0.1", 0, OneAtATime(DomainDispatcherApplication(create_backend_app)), threaded=True, request_handler=Handler)
    port = pathlib.Path(port_file)
    port.with_suffix(".new").write_text(str(server.port))
    port.with_suffix(".new").rename(port)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
