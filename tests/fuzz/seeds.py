#!/usr/bin/env python3
"""Makes the first inputs of the fuzz targets out of the project's fixtures: real documents, events and answers.

    tests/fuzz/seeds.py

Writes tests/fuzz/corpus/TARGET/NAME. What a run has found lies beside them, under a hash of its bytes. To be run again when
fixtures are added, or a target reads its bytes in another way.
"""

import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
# As helpdesk::NAMES has them: the first byte of an input is the place in this list.
HELPDESKS = [
    "webhook", "zendesk", "zendesk-messaging", "intercom", "request-tracker", "chatwoot", "servicenow", "servicenow-tickets",
    "omnize", "helper",
]
BLIP, FILE = len(HELPDESKS), len(HELPDESKS) + 1
OPENING = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0"
NEXT = b"\x1e"


def put(target, name, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def fixture(name):
    return json.loads((FIXTURES / name).read_text())


def named(pattern):
    return sorted(path.relative_to(FIXTURES) for path in FIXTURES.glob(pattern))


def answer(body, status=200, headers=()):
    lines = [str(status), *(f"{name}: {value}" for name, value in headers)]
    return "\n".join(lines).encode() + b"\n\n" + (body if isinstance(body, bytes) else text(body))


def envelopes():
    for path in named("blip/*.json"):
        document = fixture(path)
        put("envelope", path.stem, text(document))
        if path.stem.startswith(("message", "ticket")):
            whole = {"id": "wamid.HBg", "from": "5531999990000@wa.gw.msging.net", **document}
            put("envelope", f"{path.stem}.addressed", text(whole))
            job = {"v": 1, "id": "wamid.HBg", "received_at": 1795262400000, "envelope": whole}
            put("job", path.stem, text(job))
    ours = f"ponte.{OPENING}.1.MQ.bS4x"
    for event in ["failed", "received", "consumed"]:
        reason = {"code": 87, "description": "The message was not sent"}
        notification = {"id": ours, "from": "postmaster@msging.net", "event": event, "reason": reason}
        put("envelope", f"notification-of-ours-{event}", text(notification))
    put("envelope", "half-an-emoji", b'{"from":"a@b.c","type":"text/plain","content":"oi \\ud83d!"}')
    put("envelope", "no-utf-8", b'{"from":"a@b.c","type":"text/plain","content":"oi \xff!"}')
    long = {"id": "1", "from": "a@b.c", "type": "text/plain", "content": "Bom dia! " * 200}
    put("envelope", "long", text(long))
    place = {"latitude": -19.5, "longitude": -43.25, "text": "Loja"}
    put("envelope", "place", text({**long, "type": "application/vnd.lime.location+json", "content": place}))
    put("envelope", "no-character", '{"id":"\uffff","from":"a@b.c","type":"text/plain","content":"oi \ufffe!"}'.encode())


def events():
    folders = {
        "zendesk": ["zendesk/event-*", "zendesk/trigger-*"],
        "intercom": ["intercom/2*", "intercom/ping*"],
        "request-tracker": ["request-tracker/hook-*"],
        "zendesk-messaging": ["sunshine-conversations/event-*"],
        "chatwoot": ["chatwoot/conversation-*", "chatwoot/message-*"],
        "servicenow": ["servicenow/va-*"],
        "servicenow-tickets": ["servicenow/attachment*", "servicenow/sys-*"],
        "omnize": ["omnize/trigger-*"],
    }
    more = {
        "webhook": [
            ("agent.message", {"ticket": "1", "id": "m", "content": {"type": "text", "text": "Bom dia!"}, "agent": {"id": "5", "name": "Ana"}}),
            ("agent.message", {"ticket": "1", "id": "m", "conversation": OPENING, "contents": [
                {"type": "file", "url": "https://a.example/a.pdf", "name": "a.pdf", "mime": "application/pdf", "size": 8, "caption": "x"},
                {"type": "location", "latitude": -19.5, "longitude": -43.25, "text": "Loja"},
                {"type": "choices", "text": "Posso ajudar?", "options": ["Sim", "Não"]},
                {"type": "link", "url": "https://a.example/", "title": "t", "text": "x"},
                {"type": "text", "text": "<b>a</b>", "format": "html"}]}),
            ("agent.message", {"ticket": "1", "id": "m", "content": {"type": "text", "text": "Bom dia! " * 200}}),
            ("agent.assigned", {"ticket": "1", "agent": {"id": "5", "name": "Ana"}}),
            ("agent.typing", {"ticket": "1", "state": "started", "on": True}),
            ("conversation.closed", {"ticket": "1", "conversation": OPENING, "service": "x"}),
        ],
        "servicenow-tickets": [
            {"sys_id": "1", "correlation_id": f"ponte:{OPENING}", "journal": "101"},
            {"sys_id": "1", "correlation_id": f"ponte:{OPENING}", "journal": "owner/5"},
            {"sys_id": "1", "correlation_id": f"ponte:{OPENING}", "updated": "2026-11-21 12:00:00"},
        ],
        "helper": [
            {"recipient_id": OPENING, "text": "Bom dia!", "buttons": [{"title": "Sim", "payload": "/sim"}]},
            [{"recipient_id": OPENING, "image": "https://a.example/a.png"}, {"recipient_id": OPENING, "custom": {"a": 1}},
             {"recipient_id": OPENING, "attachment": {"type": "video", "payload": {"src": "https://a.example/v.mp4"}}}],
            {"recipient_id": OPENING, "text": "/restart"},
        ],
    }
    for name, patterns in folders.items():
        for path in (path for pattern in patterns for path in named(pattern + ".json")):
            whole = fixture(path)
            headers = whole.get("headers", {}) if "body_raw" in whole else {}
            body = whole["body_raw"].encode() if "body_raw" in whole else text(whole)
            event(name, path.stem, headers, body)
            # With the mark of a conversation of ours, where such a helpdesk would have it.
            for blank in ["5511999990000@wa.gw.msging.net", "3f6d2f0e-0000-4000-8000-000000000001", "3f6d2f0e"]:
                if blank.encode() in body:
                    event(name, f"{path.stem}.ours", headers, body.replace(blank.encode(), OPENING.encode()))
                    break
    for number, (kind, data) in enumerate(more["webhook"]):
        event("webhook", f"{kind}-{number}", {"webhook-id": "msg_1"}, text({"type": kind, "timestamp": "2026-11-21T12:00:00Z", "data": data}))
    for name in ["servicenow-tickets", "helper"]:
        for number, body in enumerate(more[name]):
            event(name, f"body-{number}", {"x-amzn-trace-id": "Root=1-67891233-abcdef"}, text(body))


def event(helpdesk, name, headers, body):
    lines = "".join(f"{key}: {value}\n" for key, value in headers.items() if "signature" not in key)
    put("callback", f"{helpdesk}-{name}", bytes([HELPDESKS.index(helpdesk)]) + (lines + "\n" if lines else "x:\n\n").encode() + body)


def signatures():
    now, body = "1795262400", b'{"type":"a"}'
    standard = [("webhook-id", "msg_1"), ("webhook-timestamp", now), ("webhook-signature", "{signature}")]
    proofs = {
        "webhook": standard,
        "request-tracker": standard,
        "zendesk": [("x-zendesk-webhook-signature", "{signature}"), ("x-zendesk-webhook-signature-timestamp", "2026-11-21T12:00:00Z")],
        "intercom": [("x-hub-signature", "{signature}")],
        "zendesk-messaging": [("x-api-key", "{signature}")],
        "chatwoot": [("x-chatwoot-timestamp", now), ("x-chatwoot-signature", "{signature}")],
        "servicenow": [("x-ponte-secret", "{signature}")],
        "servicenow-tickets": [("x-ponte-secret", "{signature}")],
        "omnize": [],
        "helper": [],
    }
    for helpdesk, headers in proofs.items():
        for name, change in {
            "good": lambda text: text,
            "old": lambda text: text.replace(now, "1795262099").replace("12:00:00", "11:54:59"),
            "edge": lambda text: text.replace(now, "1795262100").replace("12:00:00", "11:55:00"),
            "far": lambda text: text.replace(now, "9223372036854775807").replace("2026-11", "9999-12"),
            "before": lambda text: text.replace(now, "-9223372036854775808").replace("2026-11", "0000-01"),
            "several": lambda text: text.replace("{signature}", "v1a,x v1,AAAA {signature} v2,y"),
            "none": lambda text: text.replace("{signature}", "v1,"),
            "wrong": lambda text: text.replace("{signature}", "v1,AAAA" if helpdesk in ("webhook", "request-tracker") else "AAAA"),
            "wrong-in-hexadecimal": lambda text: text.replace("{signature}", "sha1=00" if helpdesk == "intercom" else "sha256=00"),
        }.items():
            path = "{signature}" if not headers else ""
            lines = "".join(f"{key}: {change(value)}\n" for key, value in headers)
            put("signature", f"{helpdesk}-{name}", bytes([HELPDESKS.index(helpdesk)]) + (change(path) + "\n" + lines + "\n").encode() + body)
    put("signature", "a-key", b"\x00\nwebhook-id: a\n\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    put("signature", "blip-token", b"\x00Bearer s3cret")


def texts():
    for number, entry in enumerate(fixture("agent-text/bodies.json")):
        put("html", f"body-{number}", b"\x28" + entry["body"].encode())
    for name, markup in {
        "table": "<table><tr><th>a<td>b</tr><tr><td>1<td><ul><li>x<li>y</ul></table>",
        "quotes": "<blockquote>a<blockquote>b<br>c</blockquote></blockquote><pre>x\n\n\n  y</pre>",
        "links": '<a href="https://a.b/?c=d&amp;e">https://a.b</a> <img src="//a.b/c.png" alt="x"><a href="/x">y</a>',
        "raw": "<script>a</script><style>b</style><svg><title>c</title></svg><textarea>d</textarea><!-- e --><![CDATA[f]]>",
        "signs": "# t\n\n- a\n  1. b\n\n> q\n\n**b** *i* ~~s~~ `c`\n\n```rust\nx\n```\n[l](https://a.b) ![p](https://a.b/c.png) <https://a.b>\n\n[r]: /x",
        "deep": ">" * 100 + "a\n" + "b\n" * 400,
        "no-character": "<p>a\0b</p><pre>c\0d</pre>\n\n**e**\n```\nf\0g\n```",
        "letters": "e\u0301 👩\u200d👩\u200d👧 🇧🇷 👍🏽 각 \u00a0 z\u0300\u0301\u0302 a b. c! d? https://example.com/a?b=c",
    }.items():
        put("html", name, b"\x07" + markup.encode())


def links():
    for number, link in enumerate([
        "https://a.example/x?sig=1#page", "https://1.1.1.1/", "https://[2606:4700::1]/", "https://ação.example/é", "http://a.example/",
        "http://10.0.0.7:8080/", "https://inside/", "https://127.0.0.1/", "https://0x7f.1/", "https://2130706433/", "https://[::ffff:127.0.0.1]/",
        "https://[::1]/", "https://169.254.169.254/latest", "https://me@a.example/", "https://a.example\\@b/", "https://a.example:8443/",
        "https://a.example./", "https://localhost/", "https://x.localhost/", "https://１２７.０.０.１/", "https://127。0。0。1/", "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/", "https://org.http.msging.net/media/1", "https://evilmsging.net/", "ftp://a.example/", "//a.example/", "data:,x",
    ]):
        for flags in [0, 3]:
            put("link", f"link-{number:02}-{flags}", bytes([flags]) + f"{link}\n/next?a=b\n//b.example/\nhttps://10.0.0.1/".encode())
    put("link", "down", b"\x01https://a.example/\nhttp://b.example/\nhttp://10.0.0.1/")
    put("link", "up", b"\x01http://a.example/\nhttps://b.example/\nhttps://c.example/")
    put("link", "hosts", b"\x00files.example , files.example:8443,http://10.0.0.7:8080,,[fd00::1]:444")


def files():
    heads = {
        "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-1.7\n", "gif": b"GIF89a", "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        "ogg": b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead", "mp4": b"\x00\x00\x00\x18ftypisom", "mp3": b"ID3\x03", "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
        "docx": b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "exe": b"MZ\x90\x00\x03", "elf": b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "html": b"<html><script>",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text": b"a;b\n1;2", "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "wav": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    }
    headers = [
        "attachment; filename=foto.jpg", 'inline; FILENAME = "a;b=c.pdf" ; size=3', "attachment; filename*=UTF-8''cora%C3%A7%C3%A3o.pdf",
        "attachment; filename*=iso-8859-1''%E9t%E9.txt", 'attachment; filename="../../etc/passwd"', "attachment; filename*=UTF-8''foto%E2%80%AEgpj.exe",
    ]
    types = ["image/jpeg", "audio/ogg; codecs=opus", "text/html", "voice/*", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "x\ty"]
    names = ["foto.jpg", "../../etc/passwd", "gpj.\u202eexe.pdf", "fatura.PDF.bat", "Certidão – João.pdf", "a" * 130 + ".docx"]
    for number, (kind, head) in enumerate(heads.items()):
        lines = [names[number % 6], types[number % 6], headers[number % 6]]
        put("file", kind, "\n".join(lines).encode() + b"\n" + head)


def jobs():
    put("job", "close", text({"v": 1, "opening": OPENING, "ticket": "1", "service": "bot"}))
    put("job", "replayed", text({"v": 1, "replayed": True, "opening": OPENING, "ticket": "1"}))
    agent = {"id": "5", "name": "Ana"}
    contents = [{"type": "text", "text": "oi"}, {"type": "file", "url": "https://a.example/a.png", "mime": "image/png", "size": 3, "caption": "c"},
                {"type": "location", "latitude": -19.5, "longitude": -43.25}, {"type": "choices", "text": "?", "options": ["Sim", "Não"]},
                {"type": "link", "url": "https://a.example", "title": "t"}]
    for number, kinds in enumerate([
        [{"event": "message", "contents": contents, "agent": agent}], [{"event": "reference"}, {"event": "assigned", "agent": agent}],
        [{"event": "typing", "on": True}, {"event": "closed", "service": "bot"}], [{"event": "closed"}],
    ]):
        events = [{"id": f"e{place}", **kind} for place, kind in enumerate(kinds)]
        put("job", f"to-blip-{number}", text({"v": 1, "received_at": 1795262400000, "ticket": "1", "opening": OPENING, "events": events}))
    item = {"text": "oi", "buttons": [{"title": "Sim", "payload": "Sim"}], "image": "https://a.example/a.png", "custom": {"ponte": "closed"}}
    put("job", "waiting", text({"version": 2, "last": 2, "given": 1, "entries": [{"number": 2, "id": "ponte.1", "items": [item]}]}))


def requests():
    for number, body in enumerate([
        {"sender": "joao", "message": "oi"}, {"sender": "João 🤖", "message": "oi\n", "message_id": "m1", "cursor": "3"}, {"sender": "a", "cursor": 7},
        {"sender": "", "message": "oi"}, {"sender": "x@y/z", "message": " "}, {"sender": "a", "message": "\uffff", "cursor": None},
    ]):
        for flags in [0, 1]:
            put("rest", f"request-{number}-{flags}", bytes([flags]) + text(body))
    put("rest", "tracker", b"\x02joao")
    put("rest", "tracker-of-a-stranger", b"\x03Bearer x")


def answers():
    """One input for each helpdesk and call, with answers of that helpdesk's in an order that gets far."""
    mark = {"external_id": OPENING, "custom_attributes": {"ponte": OPENING}, "metadata": {"ponte_opening": OPENING}}
    ticket = {"id": 1, "external_id": OPENING, "status": "open", "requester_id": 7}
    person = {"id": 5, "name": "Ana", "role": "agent", "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250"}
    comment = {"id": 103, "public": True, "author_id": 5, "body": "Bom dia!", "html_body": "<p>x</p>",
               "attachments": [{"file_name": "a.pdf", "content_url": "https://a.example/a.pdf", "content_type": "application/pdf", "size": 8}]}
    token = answer({"access_token": "t", "expires_in": 3600})
    told = {
        "webhook": [[answer({"ticket": "1"})], [answer({})], [answer({"error": "x"}, 422)], [answer({}, 429, [("retry-after", "99999999")])]],
        "zendesk": [
            [token, answer({"users": [person], "user": person, "tickets": [ticket], "ticket": ticket, "comments": [comment], "count": {"value": 3},
                            "audits": [{"metadata": {"custom": {"ponte": "m/1"}}}], "meta": {"has_more": False}, "upload": {"token": "t"}})],
            [answer({"access_token": "t", "expires_in": 3600, "audits": [], "comments": [], "meta": {"has_more": True, "after_cursor": "x"}})],
            [token, answer(fixture("zendesk/api-error-closed-ticket.json"), 422)], [token, answer(fixture("zendesk/api-error-idempotency-mismatch.json"), 400)],
            [token, answer({}, 429, [("ratelimit-reset", "99999999999999999999")])], [answer({"access_token": "t", "expires_in": 18446744073709551615})],
        ],
        "intercom": [
            [answer({"type": "contact", "id": "7", "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250", "conversation_id": "1", "state": "open",
                     "data": [{"id": "7", "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250"}], "conversations": [{"id": "1", "custom_attributes": mark}],
                     "conversation_parts": {"conversation_parts": [{"id": "103", "part_type": "comment", "body": "<p>oi</p>", "author": {"type": "admin", "id": "5", "name": "Ana"}}]},
                     "admins": [person], "pages": {"next": None}})],
            [answer({}, 429, [("x-ratelimit-reset", "1795262417")])],
        ],
        "request-tracker": [
            [answer({"items": [{"id": "1", "type": "ticket"}], "count": 1, "total": 1, "pages": 1, "page": 1, "id": 1, "Status": "open",
                     "CustomFields": [{"name": "Ponte", "values": [OPENING]}], "Type": "Correspond", "Creator": {"id": "agent.ana"}, "Created": "2026-11-21T12:00:00Z"})],
            [answer(fixture("request-tracker/transaction-113-public-reply.json")), answer(fixture("request-tracker/transaction-113-attachments.json")),
             answer(fixture("request-tracker/attachment-103.json"))],
            [answer(fixture("request-tracker/ticket-4-resolved.json"))], [answer(["Ticket 1: Correspondence added"], 201)],
        ],
        "zendesk-messaging": [
            [answer({"user": {"id": "7"}, "conversations": [{"id": "1", **mark}], "conversation": {"id": "1", **mark, "activeSwitchboardIntegration": {"integrationType": "zd:agentWorkspace"}},
                     "participants": [{"id": "8", "userId": "7"}], "messages": [{"id": "m", "metadata": {"ponte_id": "m/1"}, "author": {"type": "user"}}], "meta": {"hasMore": False}})],
            [answer({"errors": [{"code": "conflict"}]}, 409)],
        ],
        "chatwoot": [
            [answer({"id": 1, "payload": [{"id": 103, "content": "oi **b**", "message_type": 1, "private": False, "created_at": 1795262400, "echo_id": "m/1",
                     "sender": {"id": 5, "name": "Ana", "type": "user"}, "attachments": [{"file_type": "image", "data_url": "https://a.example/a.png", "file_size": 3}]}],
                     "data": {"payload": [{"id": 1, **mark, "last_activity_at": 1795262400, "status": "open"}], "meta": {"all_count": 1}}, "status": "open", **mark,
                     "contact": {"id": 7}, "contact_inbox": {"source_id": "s"}})],
        ],
        "servicenow": [[answer({"status": "success"})], [answer({"error": {"message": "x", "detail": "y"}, "status": "failure"}, 400)]],
        "servicenow-tickets": [
            [answer({"result": [{"sys_id": "1", "number": "INC1", "correlation_id": f"ponte:{OPENING}", "state": "2", "sys_updated_on": "2026-11-21 12:00:00",
                     "assigned_to": {"value": "5", "display_value": "Ana"}, "element": "comments", "element_id": "1", "value": "oi", "sys_created_by": "ana", "sys_created_on": "2026-11-21 12:00:00"}]})],
            [answer({"result": {"sys_id": "1", "correlation_id": f"ponte:{OPENING}", "state": "6"}}, 201)], [answer(fixture("servicenow/sys-journal-field.json"))],
        ],
        "omnize": [[answer({"hash": "1", "interaction_hash": "1", "status": "ok"})], [answer(fixture("omnize/error-422.json"), 422)]],
        "helper": [
            [answer([{"recipient_id": OPENING, "text": "Bom dia!", "buttons": [{"title": "Sim", "payload": "/sim"}]}, {"recipient_id": OPENING, "image": "https://a.example/a.png"},
                     {"recipient_id": OPENING, "custom": {"ponte": "closed"}}, {"recipient_id": OPENING, "text": "/restart"}])],
        ],
    }
    for helpdesk, plays in told.items():
        for number, play in enumerate(plays):
            for call in range(14) if number == 0 else [0, 1, 5, 12]:
                put("answers", f"{helpdesk}-{number}-{call:02}", bytes([HELPDESKS.index(helpdesk), call]) + NEXT.join(play))
    calls = {"threads": 3, "ticket-messages": 5, "contact-get": 2, "account-get-whatsapp": 2, "tunnel-account-get": 2, "refresh-media-uri": 7, "command-failure": 4,
             "change-status-success": 6, "ticket-get-not-found": 1}
    for path in named("blip/response-*.json"):
        call = next((call for name, call in calls.items() if name in path.stem), 1)
        put("answers", f"blip-{path.stem}", bytes([BLIP, call]) + answer(fixture(path)))
    for name, member, play in [
        ("plain", 0, answer(b"ola", headers=[("content-type", "Text/Plain; charset=x"), ("content-disposition", 'attachment; filename="a b.txt"')])),
        ("member", 1, answer(b'{ "id" : 5,\n "Content" : "b2xhIQ==\\n", "Parent" : "0" }')),
        ("member-inside", 1, answer(b'{"a":{"Content":"eA=="},"b":["Content"],"Content":"b2xh"}')),
        ("member-escaped", 1, answer(b'{"\\u0043ontent":"b2xh\\u000A\\u003d"}')),
        ("member-too-large", 1, answer(text({"Content": "b2xh" * 100}))),
        ("redirect", 0, answer(b"", 302, [("location", "/attachment/2")]) + NEXT + answer(b"x")),
        ("dead", 0, answer(b"", 404)), ("encoded", 0, answer(b"x", headers=[("content-encoding", "gzip")])),
    ]:
        put("answers", f"file-{name}", bytes([FILE, member]) + play)


for make in [envelopes, events, signatures, texts, links, files, jobs, requests, answers]:
    make()
