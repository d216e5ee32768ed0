"""Listens to the server with Socket.IO's own client for Python, over each transport, while the sandbox makes a call."""

import json
import queue
import subprocess
import sys

import engineio.payload
import socketio

PATIENCE = 30
# This client gives up on an answer of more than 16 packets; the one for browsers takes any number.
engineio.payload.Payload.max_decode_packets = 1_000

url, demo_file, *simulate = sys.argv[1:]
with open(demo_file, encoding="utf-8") as file:
    demo = json.load(file)


def listen(transports):
    heard = queue.Queue()
    client = socketio.Client(reconnection=False)
    client.on("*", lambda event, data: heard.put((event, data)))
    client.connect(url, transports=transports, auth={"token": demo["api_key"]}, wait_timeout=PATIENCE)
    event, hello = heard.get(timeout=PATIENCE)
    assert event == "hello", (event, hello)
    call = simulated(heard)
    assert client.call("join:call", call["call_id"], timeout=PATIENCE) == {"ok": True}
    refused = client.call("join:call", "0192f0c1-2345-7abc-8def-0123456789ab", timeout=PATIENCE)
    assert refused["ok"] is False and refused["error"], refused
    client.disconnect()


def simulated(heard):
    """A call that the sandbox makes now is heard as it rings."""
    subprocess.run(simulate, check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)
    while True:
        event, data = heard.get(timeout=PATIENCE)
        if event == "call.ring":
            assert data["status"] == "ringing", data
            return data


def refused():
    client = socketio.Client(reconnection=False)
    said = queue.Queue()
    client.on("connect_error", said.put)
    try:
        client.connect(url, auth={"token": "raw_wrong"}, wait_timeout=PATIENCE)
    except socketio.exceptions.ConnectionError:
        assert said.get(timeout=PATIENCE)["message"], "the refusal says why"
        return
    raise AssertionError("a wrong key was let in")


for transports in (["websocket"], ["polling"], ["polling", "websocket"]):
    listen(transports)
    print(f"socket.io: {'+'.join(transports)} hears a call")
refused()
print("socket.io: a wrong key is refused with words")
