# shellcheck shell=bash
# Sourced: starts the server under test on a data folder and ports of its own, with the sandbox and nothing of the
# caller's settings. Sets `work`, `port`, `target` and the array `switchboard`, which is how its commands are called.

start_server() {
    target=${CARGO_TARGET_DIR:-target}
    work=$(mktemp -d)
    server=
    trap stop_server EXIT
    local sandbox_port
    read -r port sandbox_port < <(free_ports)
    : >"$work/env"
    switchboard=(env -i PATH="$PATH" HOME="$work" "$target/debug/switchboard" --env-file "$work/env"
        --data-dir "$work/data" --port "$port" --set HOST=127.0.0.1 --set SANDBOX_PORT="$sandbox_port")
    # One address and one key ask thousands of times here.
    local limit
    for limit in ADDRESS AUTH SIGNUP KEY TENANT; do
        switchboard+=(--set "RATE_LIMIT_$limit=off")
    done
    "${switchboard[@]}" serve --sandbox "$@" >"$work/server.log" 2>&1 &
    server=$!
    wait_for_server || { cat "$work/server.log"; exit 1; }
}

stop_server() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$work"
}

free_ports() {
    python3 - <<'PYTHON'
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in held))
PYTHON
}

# Until it answers and the demo is there; a minute at most, and not a moment longer than the server lives.
wait_for_server() {
    python3 - "$port" "$work/data/sandbox-demo.json" "$server" <<'PYTHON'
import os, sys, time, urllib.request
port, demo, server = sys.argv[1:]
deadline = time.monotonic() + 60
while True:
    try:
        if urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200 and os.path.exists(demo):
            break
    except OSError:
        pass
    if not os.path.exists(f"/proc/{server}") or time.monotonic() > deadline:
        sys.exit("the server did not come up")
    time.sleep(0.1)
PYTHON
}
