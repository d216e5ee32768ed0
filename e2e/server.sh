# shellcheck shell=bash
# Sourced: starts the server under test on a data folder and ports of its own, with the sandbox and nothing of the
# caller's settings. Sets `work`, `port`, `target` and the array `switchboard`, which is how its commands are called;
# `prepare_server` alone is for what comes before the server.

prepare_server() {
    target=${CARGO_TARGET_DIR:-target}
    work=$(mktemp -d)
    server=
    trap stop_server EXIT
    local sandbox_port
    claim_port
    port=$claimed
    claim_port
    sandbox_port=$claimed
    : >"$work/env"
    switchboard=(env -i PATH="$PATH" HOME="$work" "$target/debug/switchboard" --env-file "$work/env"
        --data-dir "$work/data" --port "$port" --set HOST=127.0.0.1 --set SANDBOX_PORT="$sandbox_port")
    # One address and one key ask thousands of times here.
    local limit
    for limit in ADDRESS AUTH SIGNUP KEY TENANT; do
        switchboard+=(--set "RATE_LIMIT_$limit=off")
    done
}

start_server() {
    [ -n "${work:-}" ] || prepare_server
    "${switchboard[@]}" serve --sandbox >"$work/server.log" 2>&1 &
    server=$!
    wait_for_server || { cat "$work/server.log"; exit 1; }
}

stop_server() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$work"
}

# Sets `claimed` to a port below those that the system gives away by itself. A locked file keeps it from others who claim
# theirs like this (crates/server/tests/it/support.rs does) for as long as this shell lives.
claim_port() {
    local lock
    for ((claimed = 21000; claimed < 32000; claimed++)); do
        { exec {lock}>>"${TMPDIR:-/tmp}/switchboard-port-$claimed.lock"; } 2>/dev/null || continue
        if flock --nonblock "$lock" && python3 -c 'import socket, sys
socket.create_server(("127.0.0.1", int(sys.argv[1])))' "$claimed" 2>/dev/null; then
            return
        fi
        exec {lock}>&-
    done
    echo "every port from 21000 on is taken" >&2
    return 1
}

# Until it has nothing left to say: it answers, the webhooks are registered, the demo's calls have been told. Two minutes at
# most, and not a moment longer than the server lives.
wait_for_server() {
    local deadline=$((SECONDS + 120))
    until grep -q 'Ctrl-C ends it' "$work/server.log"; do
        if ! kill -0 "$server" 2>/dev/null || [ "$SECONDS" -gt "$deadline" ]; then
            echo "the server did not come up" >&2
            return 1
        fi
        sleep 0.1
    done
}

# Until what the demo's calls brought about is done, such as fetching hundreds of recordings; five minutes at most.
wait_for_jobs() {
    local deadline=$((SECONDS + 300))
    until "${switchboard[@]}" jobs list --state ready --state running --limit 1000 --json | python3 -c '
import datetime, json, sys
now = datetime.datetime.now(datetime.timezone.utc)
due = lambda job: datetime.datetime.fromisoformat(job["run_at"]) <= now
sys.exit(any(job["state"] == "running" or due(job) for job in json.load(sys.stdin)))
'; do
        if [ "$SECONDS" -gt "$deadline" ]; then
            echo "the demo's jobs do not end" >&2
            return 1
        fi
        sleep 0.5
    done
}
