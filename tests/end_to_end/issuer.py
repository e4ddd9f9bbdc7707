"""An identity provider for the console's tests: it says where its key is, and signs whatever it is given.

    issuer.py        listens on a free port of 127.0.0.1, and prints it

GET  /.well-known/openid-configuration, GET /keys    what API Gateway reads (OpenID Connect Discovery 1.0, RFC 7517)
POST /sign, POST /forge                              the claims as JSON; a token signed with the key, or with another of the same name

Runs in the virtual environment of the emulator, which brings cryptography. It ends when its standard input does.
"""

import base64
import http.server
import json
import sys
import threading

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def token(key, claims):
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one", "typ": "JWT"}, claims)]
    signed = ".".join(parts)
    return signed + "." + encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))


class Issuer(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        public = KEY.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": number(public.n), "e": number(public.e)}
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        found = {
            "/.well-known/openid-configuration": {"issuer": issuer, "jwks_uri": issuer + "/keys"},
            "/keys": {"keys": [key]},
        }.get(self.path)
        if found is None:
            return self.send_error(404)
        return self.answer(json.dumps(found).encode())

    def do_POST(self):
        claims = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return self.answer(token(OTHER if self.path == "/forge" else KEY, claims).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
