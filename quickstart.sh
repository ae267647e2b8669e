#!/usr/bin/env bash
# From a fresh Debian 12 to a timer rule at work: installs what is missing, builds, starts the server, makes the rule
# and shows what happens. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/packages.sh
source scripts/packages.sh

binary=$PWD/build/release/src/app/attune
data=$PWD/.attune/data
port=${ATTUNE_PORT:-8080}
mode=watch
once_seconds=90
server_pid="" # only of a server that this script started
watch_pid=""
scratch="" # a folder that this script made and removes

usage() {
  cat <<'END'
Usage: ./quickstart.sh [--build | --once | --help]

Installs the packages that are missing (Debian 12), builds Attune, starts a server on this machine with its data in
./.attune/data, makes a rule that prints a message every 10 seconds, and shows events, rules and executions live.
Ctrl-C stops the server again. A server that already runs on this data is used and left running.

  --build   install and build only; the last line printed is the path of the program
  --once    a try in a folder of its own, on a free port: ends with 0 after two executions completed
  --help    this text

Environment:
  ATTUNE_PORT                          port of the API (8080)
  ATTUNE__BOOTSTRAP__ADMIN_PASSWORD    the administrator's password at the first start (else one is made up)
  ATTUNE_API_PASSWORD                  the administrator's password, when it was changed since
END
}

build() {
  install_packages "${packages_build[@]}" "${packages_run[@]}"
  say "configuring build/release"
  local log
  log=$(cmake --preset release 2>&1) || die "cmake failed:"$'\n'"$log"
  say "building (the first time takes some minutes)"
  NINJA_STATUS='[%f/%t, %e s] ' cmake --build --preset release --parallel "$(build_jobs)" --target attune >&2 ||
    die "the build failed: the first error is above"
  [[ -x $binary ]] || die "the build left no program at $binary"
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local candidate
  for _ in {1..50}; do
    candidate=$((20000 + RANDOM % 12000))
    port_is_taken "$candidate" || { echo "$candidate" && return; }
  done
  die "no free port was found between 20000 and 32000"
}

is_ready() { curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$1/health/ready"; }

# The file server.run of the data folder holds "<pid> <port>" of the server that was started there.
find_running() {
  local pid running_port
  [[ -r $data/server.run ]] || return 1
  read -r pid running_port <"$data/server.run" || return 1
  # After a rebuild the link's target ends in " (deleted)".
  [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$binary"* ]] || return 1
  is_ready "$running_port" || return 1
  port=$running_port
  say "a server already runs on $data (pid $pid): using it"
}

start_server() {
  if port_is_taken "$port"; then
    die "port $port is taken by another program. Choose another one: ATTUNE_PORT=8090 ./quickstart.sh"
  fi
  (umask 077 && mkdir -p "$data")
  # Away from the terminal's signals: Ctrl-C is for this script, which then stops the server.
  ATTUNE__DATA_DIR=$data ATTUNE__SERVER__HOST=127.0.0.1 ATTUNE__SERVER__PORT=$port \
    setsid "$binary" serve </dev/null >>"$data/server.log" 2>&1 &
  server_pid=$!
  echo "$server_pid $port" >"$data/server.run"
  wait_until_ready
}

wait_until_ready() {
  local deadline=$((SECONDS + 30))
  until is_ready "$port"; do
    kill -0 "$server_pid" 2>/dev/null || fail_with_log "the server ended while it started"
    ((SECONDS < deadline)) || fail_with_log "the server was not ready within 30 s"
    sleep 0.1
  done
  say "the server is ready: http://127.0.0.1:$port (pid $server_pid, log $data/server.log)"
}

fail_with_log() {
  printf -- '--- the end of %s\n' "$data/server.log" >&2
  tail -n 40 "$data/server.log" >&2 || true
  die "$*"
}

use_login() {
  export ATTUNE_API_URL=http://127.0.0.1:$port ATTUNE_API_USER=${ATTUNE__BOOTSTRAP__ADMIN_LOGIN:-admin}
  # Not the user's own profile: it may hold a login to another server at this address.
  export XDG_CONFIG_HOME=$data/client
  if [[ -z ${ATTUNE_API_PASSWORD:-} ]]; then
    ATTUNE_API_PASSWORD=${ATTUNE__BOOTSTRAP__ADMIN_PASSWORD:-}
    [[ -n $ATTUNE_API_PASSWORD ]] || ATTUNE_API_PASSWORD=$(cat "$data/admin-password" 2>/dev/null) ||
      die "$data/admin-password is gone (the password was changed): give it in ATTUNE_API_PASSWORD"
  fi
  export ATTUNE_API_PASSWORD
}

# watch_flow LIMIT ARGUMENT...: `attune watch` for at most LIMIT seconds (0: for ever), in the background, so that
# this script's traps run at once. Fails when the watching ends badly or the server ends.
watch_flow() {
  local limit=$1
  shift
  timeout --foreground "$limit" "$binary" watch "$@" &
  watch_pid=$!
  local code=0
  wait -n "$watch_pid" ${server_pid:+"$server_pid"} || code=$?
  if [[ -n $server_pid ]] && ! kill -0 "$server_pid" 2>/dev/null; then
    fail_with_log "the server ended"
  fi
  return "$code"
}

watch_twice() {
  say "waiting for two executions (at most $once_seconds s)"
  watch_flow "$once_seconds" --count 2 || fail_with_log "two executions did not complete within $once_seconds s"
  local completed
  completed=$("$binary" --json execution list --rule core.timer_echo_10s --status completed | jq 'length')
  ((completed >= 2)) || fail_with_log "only $completed executions completed"
  say "done: $completed executions completed"
}

stop_server() {
  [[ -n $server_pid ]] || return 0
  say "stopping the server (pid $server_pid)"
  kill -TERM "$server_pid" 2>/dev/null || true
  local deadline=$((SECONDS + 40))
  while kill -0 "$server_pid" 2>/dev/null; do
    ((SECONDS < deadline)) || { kill -KILL "$server_pid" 2>/dev/null || true; }
    sleep 0.1
  done
  rm -f "$data/server.run"
  server_pid=""
}

clean_up() {
  local code=$?
  trap '' INT TERM HUP
  [[ -z $watch_pid ]] || kill -TERM "$watch_pid" 2>/dev/null || true
  stop_server
  [[ -z $scratch ]] || rm -rf "$scratch"
  exit "$code"
}

case ${1:-} in
"") ;;
--build) mode=build ;;
--once) mode=once ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && die "unknown option '$1'" ;;
esac
[[ $# -le 1 ]] || { usage >&2 && die "one option at most"; }
if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then
  die "ATTUNE_PORT is '$port': expected a number from 1 to 65535"
fi

build
if [[ $mode == build ]]; then
  echo "$binary"
  exit 0
fi
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [[ $mode == once ]]; then
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/attune-quickstart.XXXXXX")
  data=$scratch/data
  port=$(free_port)
  start_server
else
  find_running || start_server
fi
use_login
scripts/setup_timer_echo_rule.sh >&2 ||
  die "the rule could not be made: the reason is above (the server's log is $data/server.log)"
if [[ $mode == once ]]; then
  watch_twice
elif [[ -n $server_pid ]]; then
  say "watching; Ctrl-C stops the server and ends this. The first execution comes within 10 seconds."
  watch_flow 0 || fail_with_log "the watching ended"
else
  say "watching; Ctrl-C ends this, the server goes on (stop it with: kill $(cut -d' ' -f1 "$data/server.run"))."
  watch_flow 0 || fail_with_log "the watching ended"
fi
