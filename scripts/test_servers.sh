#!/usr/bin/env bash
# Private servers for the tests: started in a folder of their own, reachable by nobody else, stopped by their pid on
# every way out.
#
#     scripts/test_servers.sh run COMMAND...   starts them, runs the command with their addresses in its environment
#                                              (ATTUNE_TEST_POSTGRES_URL), stops them; ends as the command did
#     scripts/test_servers.sh postgres FOLDER [OPTION...]
#                                              one PostgreSQL in FOLDER, in the foreground; again on the same FOLDER, it
#                                              goes on with the data that is there. Options are those of postgres, and
#                                              win: -c fsync=on
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=packages.sh
source "$here/packages.sh"

folder=""
pids=()

# unprivileged COMMAND...: replaces this shell by the command, run as the user postgres when we are root (PostgreSQL
# refuses to run as root).
unprivileged() {
  if [[ $(id -u) == 0 ]]; then
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
  fi
  exec "$@"
}

postgres_bin() {
  local found
  found=$(find /usr/lib/postgresql -maxdepth 3 -name postgres -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1)
  [[ -n $found ]] || die "PostgreSQL is not installed (package postgresql-15)"
  dirname "$found"
}

# postgres_in FOLDER [OPTION...]: replaces this shell by a PostgreSQL server. It listens on a socket in FOLDER and
# nowhere else, so that no port can be taken. What it loses in a power failure does not matter to tests.
postgres_in() {
  local bin where=$1
  shift
  bin=$(postgres_bin)
  if [[ ! -e $where/data/PG_VERSION ]]; then
    mkdir -p "$where/data"
    [[ $(id -u) != 0 ]] || chown postgres "$where" "$where/data"
    (unprivileged "$bin/initdb" -D "$where/data" -U attune -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
      --no-instructions >"$where/initdb.log" 2>&1) || die "initdb failed: $(cat "$where/initdb.log")"
  fi
  unprivileged "$bin/postgres" -D "$where/data" -k "$where" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c max_connections=300 -c shared_buffers=64MB -c log_min_messages=fatal -c deadlock_timeout=200ms "$@"
}

start_postgres() {
  mkdir "$folder/pg"
  # In the background, this function's shell is the server's own process.
  postgres_in "$folder/pg" </dev/null >"$folder/postgres.log" 2>&1 &
  pids+=($!)
  local deadline=$((SECONDS + 60))
  until "$(postgres_bin)/pg_isready" -q -h "$folder/pg" -U attune; do
    kill -0 "${pids[-1]}" 2>/dev/null || die "PostgreSQL ended: $(cat "$folder/postgres.log")"
    ((SECONDS < deadline)) || die "PostgreSQL was not ready within 60 s: $(cat "$folder/postgres.log")"
    sleep 0.1
  done
  export ATTUNE_TEST_POSTGRES_URL="postgresql://attune@/postgres?host=$folder/pg"
}

start_test_servers() {
  folder=$(mktemp -d "${TMPDIR:-/tmp}/attune-servers.XXXXXX")
  chmod 755 "$folder"
  start_postgres
}

stop_test_servers() {
  local pid
  for pid in "${pids[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  pids=()
  [[ -z $folder ]] || rm -rf "$folder"
  folder=""
}

# Sourced: only the functions.
[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0

case ${1:-} in
postgres)
  [[ $# -ge 2 ]] || die "usage: $0 postgres FOLDER [OPTION...]"
  shift
  postgres_in "$@"
  ;;
run)
  shift
  [[ $# -gt 0 ]] || die "usage: $0 run COMMAND..."
  trap stop_test_servers EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  start_test_servers
  "$@"
  ;;
*) die "usage: $0 run COMMAND... | postgres FOLDER [OPTION...]" ;;
esac
