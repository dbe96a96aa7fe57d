"""A webhook receiver: python receiver.py PORT, with the endpoint's secret in WEBHOOK_SECRET."""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
seen = set()  # yours belongs into your database, in the transaction of what you do with the event
lock = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    timeout = 15  # seconds that a connection may be silent

    def do_POST(self):
        length = int(self.headers["content-length"] or 0)
        if not 0 <= length <= 2**21:  # no event is so long
            return self.send_error(413)
        body = self.rfile.read(length)
        named = (self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        message, sent_at, signatures = named
        digest = hmac.digest(KEY, f"{message}.{sent_at}.".encode() + body, hashlib.sha256)
        due = b"v1," + base64.b64encode(digest)
        is_signed = any(hmac.compare_digest(due, one.encode()) for one in signatures.split())
        is_fresh = sent_at.isdecimal() and len(sent_at) < 12 and abs(time.time() - int(sent_at)) < 300
        if not is_signed or not is_fresh:
            return self.send_error(401)
        event = json.loads(body)
        with lock:
            if message not in seen:  # the same event may come again, under the same id
                print(event["type"], event["subject"], flush=True)
                seen.add(message)
        self.send_response(204)
        self.end_headers()

    def do_OPTIONS(self):  # asked once where endpoints are verified: yes, send us events
        self.send_response(204)
        self.send_header("WebHook-Allowed-Origin", self.headers.get("webhook-request-origin", "*"))
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
