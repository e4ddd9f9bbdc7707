"""Signs each request as the contract has it, so that what is refused is refused for its body."""

import base64
import hashlib
import hmac
import os
import time

import requests.auth
import schemathesis

KEY = base64.b64decode(os.environ["PONTE_SECRET"].removeprefix("whsec_"))


class Signed(requests.auth.AuthBase):
    """Standard Webhooks, over the bytes that are sent."""

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        at = str(int(time.time()))
        signature = hmac.new(KEY, b"msg_1." + at.encode() + b"." + body, hashlib.sha256).digest()
        request.headers.update(
            {
                "webhook-id": "msg_1",
                "webhook-timestamp": at,
                "webhook-signature": "v1," + base64.b64encode(signature).decode(),
            }
        )
        return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = Signed()
