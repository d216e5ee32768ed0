#!/usr/bin/env python3
"""Drive the sandbox with Dialpad's own Python client; exit 1 at the first difference.

usage: dialpad_client.py BASE_URL [API_KEY]     (pip install -r requirements.txt)

Our client and our sandbox could share one misreading of Dialpad's document. Dialpad's client cannot: what it sends the
sandbox must take, and what the sandbox prints must be what it expects.
"""
import http.server
import json
import sys
import threading
import time
import urllib.request

import requests
from dialpad import DialpadClient

BASE = sys.argv[1].rstrip("/")
KEY = sys.argv[2] if len(sys.argv) > 2 else f"sandbox-api-key-oracle-{time.time_ns()}"
arrived = []


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        arrived.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def check(what, have, want=True):
    if have != want:
        sys.exit(f"MISMATCH {what}: have {have!r}, want {want!r}")
    print(f"ok {what}")


def refused(what, status, call):
    try:
        call()
    except requests.HTTPError as error:
        check(what, error.response.status_code, status)
    else:
        sys.exit(f"MISMATCH {what}: accepted, want {status}")


def control(path, body):
    request = urllib.request.Request(f"{BASE}/_sandbox/dialpad/{path}", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=30))


def until(what, condition):
    deadline = time.monotonic() + 15
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"MISMATCH {what}: did not happen within 15 s")
        time.sleep(0.05)
    print(f"ok {what}")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook_url = f"http://127.0.0.1:{server.server_port}/hook"
    dialpad = DialpadClient(KEY, base_url=BASE)
    # The client does not hold itself back, and a company has 20 requests a second.
    dialpad._session.hooks["response"].append(lambda *_, **__: time.sleep(0.06))

    refused("a wrong key", 401, lambda: DialpadClient("wrong", base_url=BASE).company.get())
    company = dialpad.company.get()
    check("company state", company["state"], "active")
    check("int64 is a string", isinstance(company["id"], str))

    hook = dialpad.webhooks.create({"hook_url": hook_url})
    check("webhook url", hook["hook_url"], hook_url)
    signed = dialpad.webhooks.create({"hook_url": hook_url, "secret": "s"})
    check("signature", signed["signature"], {"algo": "HS256", "type": "jwt", "secret": "s"})
    dialpad.webhooks.create({"hook_url": hook_url})
    check("three webhooks, over pages of any size", len(list(dialpad.webhooks.list())), 3)
    check("one webhook", dialpad.webhooks.get(int(hook["id"])), hook)
    changed = dialpad.webhooks.partial_update(signed["id"], {"hook_url": hook_url + "/2"})
    check("changed webhook", changed["hook_url"], hook_url + "/2")
    dialpad.webhooks.delete(int(signed["id"]))
    refused("a deleted webhook", 404, lambda: dialpad.webhooks.get(int(signed["id"])))
    refused("an unknown field", 400, lambda: dialpad.webhooks.create({"hook_url": hook_url, "colour": "red"}))

    calls = dialpad.call_event_subscriptions.create({"endpoint_id": int(hook["id"]), "call_states": ["all"]})
    check("subscription", (calls["call_states"], calls["enabled"], calls["webhook"]["id"]), (["all"], True, hook["id"]))
    check("subscriptions", [s["id"] for s in dialpad.call_event_subscriptions.list()], [calls["id"]])
    texts = dialpad.sms_event_subscriptions.create({"endpoint_id": int(hook["id"]), "direction": "all", "status": True})
    texts = dialpad.sms_event_subscriptions.partial_update(int(texts["id"]), {"direction": "outbound"})
    check("changed subscription", texts["direction"], "outbound")
    refused("a wrong call state", 400, lambda: dialpad.call_event_subscriptions.create(
        {"endpoint_id": int(hook["id"]), "call_states": ["rang"]}))

    ids = [str(control("calls?wait=true", {"key": KEY, "scenario": s})["ids"][0]) for s in ("recorded", "missed", "voicemail")]
    logged = list(dialpad.calls.list())
    check("call log", sorted(c["call_id"] for c in logged), sorted(ids))
    starts = [int(c["date_started"]) for c in logged]
    check("newest first", starts, sorted(starts, reverse=True))
    recorded = dialpad.calls.get(int(ids[0]))
    check("recording", recorded["recording_details"][0]["recording_type"], "callrecording")
    refused("started_before in the future", 400, lambda: list(dialpad.calls.list(started_before=2**60)))
    labelled = dialpad.calls.set_call_label(int(ids[0]), {"labels": ["lead"]})
    check("labels", labelled["labels"], ["lead"])
    transcript = dialpad.transcripts.get(int(ids[0]))
    check("transcript", transcript["lines"][0]["type"], "transcript")
    states = [event["state"] for event in arrived if event.get("call_id") == int(ids[1])]
    check("events of the missed call", states, ["ringing", "missed", "hangup"])

    users = list(dialpad.users.list())
    check("users", len(users), 6)
    sent = dialpad.sms.send({"user_id": int(users[0]["id"]), "to_numbers": ["+14155550123"], "text": "hello"})
    check("text", (sent["message_status"], sent["direction"]), ("pending", "outbound"))
    until("the text is delivered", lambda: any(
        event.get("id") == int(sent["id"]) and event["message_status"] == "delivered" for event in arrived))
    ringing = dialpad.calls.initiate_ring_call({"phone_number": "+14155550177", "user_id": int(users[0]["id"])})
    until("the call is connected", lambda: any(
        event.get("call_id") == int(ringing["call_id"]) and event["state"] == "connected" for event in arrived))
    dialpad.calls.hangup_call(int(ringing["call_id"]))
    until("the call is ended", lambda: any(
        event.get("call_id") == int(ringing["call_id"]) and event["state"] == "hangup" for event in arrived))

    dialpad.call_event_subscriptions.delete(int(calls["id"]))
    dialpad.sms_event_subscriptions.delete(int(texts["id"]))
    check("no subscriptions are left", list(dialpad.call_event_subscriptions.list()), [])
    print("Dialpad's own client and the sandbox agree")


main()
