"""A webhook receiver: python receiver.py PORT, with the endpoint's secret in WEBHOOK_SECRET."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
seen = set()  # yours belongs into your database, in the transaction of what you do with the event


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        message, sent_at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        digest = hmac.digest(KEY, f"{message}.{sent_at}.".encode() + body, hashlib.sha256)
        due = "v1," + base64.b64encode(digest).decode()
        is_signed = any(hmac.compare_digest(due, one) for one in self.headers["webhook-signature"].split())
        if not is_signed or abs(time.time() - int(sent_at)) > 300:
            return self.send_error(401)
        event = json.loads(body)
        if message not in seen:  # the same event may come again, under the same id
            print(event["type"], event["subject"], flush=True)
            seen.add(message)
        self.send_response(204)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
