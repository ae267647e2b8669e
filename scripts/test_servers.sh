#!/usr/bin/env bash
# Private servers for the tests: started in a folder of their own, reachable by nobody else, stopped by their pid on
# every way out.
#
#     scripts/test_servers.sh run COMMAND...   starts them, runs the command with their addresses in its environment
#                                              (ATTUNE_TEST_POSTGRES_URL, ATTUNE_TEST_RABBIT_URL and, for TLS,
#                                              ATTUNE_TEST_RABBIT_TLS_URL), stops them; ends as the command did
#     scripts/test_servers.sh postgres FOLDER [OPTION...]
#                                              one PostgreSQL in FOLDER, in the foreground; again on the same FOLDER, it
#                                              goes on with the data that is there. Options are those of postgres, and
#                                              win: -c fsync=on
#     scripts/test_servers.sh rabbit FOLDER    one RabbitMQ likewise; FOLDER/url has its address, which stays the same
#
# ATTUNE_TEST_POSTGRES_BIN is the folder of another PostgreSQL's programs, to test with that version.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=packages.sh
source "$here/packages.sh"

folder=""
pids=()    # of the servers that run
signals=() # the signal that ends each of them

# unprivileged USER COMMAND...: replaces this shell by the command, run as that user when we are root (PostgreSQL refuses
# to run as root, and RabbitMQ does not need to).
unprivileged() {
  if [[ $(id -u) == 0 ]]; then
    exec setpriv --reuid="$1" --regid="$1" --clear-groups "${@:2}"
  fi
  exec "${@:2}"
}

postgres_bin() {
  local found=${ATTUNE_TEST_POSTGRES_BIN:+$ATTUNE_TEST_POSTGRES_BIN/postgres}
  [[ -n $found ]] || found=$(find /usr/lib/postgresql -maxdepth 3 -name postgres -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1)
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
    (unprivileged postgres "$bin/initdb" -D "$where/data" -U attune -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
      >"$where/initdb.log" 2>&1) || die "initdb failed: $(cat "$where/initdb.log")"
  fi
  unprivileged postgres "$bin/postgres" -D "$where/data" -k "$where" -c listen_addresses= -c fsync=off \
    -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB -c log_min_messages=fatal \
    -c deadlock_timeout=200ms "$@"
}

# reachable HOST PORT: whether something accepts connections there.
reachable() {
  (: <>"/dev/tcp/$1/$2") 2>/dev/null
}

# free_ports COUNT: that many ports of the loopback interface that were free a moment ago.
free_ports() {
  python3 -c '
import socket, sys
probes = [socket.socket() for _ in range(int(sys.argv[1]))]
for probe in probes: probe.bind(("127.0.0.1", 0))
print(*(probe.getsockname()[1] for probe in probes))' "$1"
}

# certificates_in FOLDER: a CA (ca.pem), the certificates that it gave to localhost (server.pem, server.key) and to a
# client (client.pem, client.key), and one that a client gave itself (stranger.pem, stranger.key).
certificates_in() {
  (
    cd "$1"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Attune test CA" -keyout ca.key -out ca.pem
    openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem \
      -extfile <(printf 'subjectAltName=DNS:localhost\n')
    openssl req -newkey rsa:2048 -nodes -subj "/CN=client" -keyout client.key -out client.csr
    openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out client.pem
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=stranger" -keyout stranger.key -out stranger.pem
  ) >"$1/openssl.log" 2>&1 || die "no certificates for RabbitMQ: $(cat "$1/openssl.log")"
}

# configure_rabbit FOLDER: once, so that a later start has the same ports.
configure_rabbit() {
  local amqp amqps epmd distribution
  read -r amqp amqps epmd distribution < <(free_ports 4)
  certificates_in "$1"
  cat >"$1/rabbitmq.conf" <<END
listeners.tcp.1 = 127.0.0.1:$amqp
listeners.ssl.1 = 127.0.0.1:$amqps
ssl_options.cacertfile = $1/ca.pem
ssl_options.certfile = $1/server.pem
ssl_options.keyfile = $1/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
default_user = attune
default_pass = attune-test-password
disk_free_limit.absolute = 1MB
END
  printf 'export ERL_EPMD_PORT=%s RABBITMQ_DIST_PORT=%s\n' "$epmd" "$distribution" >"$1/ports"
  : >"$1/plugins"
  : >"$1/environment"
  echo "amqps://attune:attune-test-password@localhost:$amqps/%2f?cacertfile=$1/ca.pem" >"$1/tls_url"
  echo "amqp://attune:attune-test-password@127.0.0.1:$amqp/%2f" >"$1/url"
}

# rabbit_in FOLDER: replaces this shell by a RabbitMQ server, with a name, a cookie, logs, data and a port mapper (epmd)
# of its own, all of them reachable from this machine alone. The port mapper ends with the server, however that ends.
rabbit_in() {
  local server=/usr/lib/rabbitmq/bin/rabbitmq-server
  [[ -x $server ]] || die "RabbitMQ is not installed (package rabbitmq-server)"
  if [[ ! -e $1/url ]]; then
    mkdir -p "$1"
    configure_rabbit "$1"
    [[ $(id -u) != 0 ]] || chown -R rabbitmq "$1"
  fi
  # shellcheck source=/dev/null
  source "$1/ports"
  export HOME=$1 ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME=attune@localhost \
    RABBITMQ_CONF_ENV_FILE=$1/environment RABBITMQ_CONFIG_FILE=$1/rabbitmq.conf \
    RABBITMQ_ENABLED_PLUGINS_FILE=$1/plugins RABBITMQ_MNESIA_BASE=$1/data RABBITMQ_LOG_BASE=$1/log \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}" \
    RUNNING_UNDER_SYSTEMD=true # the server replaces its start script
  unset NOTIFY_SOCKET
  (unprivileged rabbitmq setpriv --pdeathsig TERM epmd) &
  # Or else the server would start one that stays.
  until reachable 127.0.0.1 "$ERL_EPMD_PORT"; do
    kill -0 $! 2>/dev/null || die "epmd ended"
    sleep 0.05
  done
  unprivileged rabbitmq "$server"
}

# start_server NAME SIGNAL: one server in $folder/NAME, by NAME_in. SIGNAL ends it at once.
start_server() {
  mkdir "$folder/$1"
  # In the background, this function's shell is the server's own process.
  "$1_in" "$folder/$1" </dev/null >"$folder/$1.log" 2>&1 &
  pids+=($!)
  signals+=("$2")
}

# await_server NAME PID COMMAND...: until the command succeeds.
await_server() {
  local name=$1 pid=$2 deadline=$((SECONDS + 300))
  shift 2
  until "$@"; do
    kill -0 "$pid" 2>/dev/null || die "$name ended: $(cat "$folder/$name.log")"
    ((SECONDS < deadline)) || die "$name was not ready within 300 s: $(cat "$folder/$name.log")"
    sleep 0.1
  done
}

# rabbit_is_ready FOLDER: it listens last of all.
rabbit_is_ready() {
  [[ -s $1/url ]] && reachable 127.0.0.1 "$(sed -E 's#.*:([0-9]+)/.*#\1#' "$1/url")"
}

start_test_servers() {
  folder=$(mktemp -d "${TMPDIR:-/tmp}/attune-servers.XXXXXX")
  chmod 755 "$folder"
  start_server postgres INT
  start_server rabbit KILL
  await_server postgres "${pids[0]}" "$(postgres_bin)/pg_isready" -q -h "$folder/postgres" -U attune
  await_server rabbit "${pids[1]}" rabbit_is_ready "$folder/rabbit"
  export ATTUNE_TEST_POSTGRES_URL="postgresql://attune@/postgres?host=$folder/postgres"
  ATTUNE_TEST_RABBIT_URL=$(cat "$folder/rabbit/url")
  ATTUNE_TEST_RABBIT_TLS_URL=$(cat "$folder/rabbit/tls_url")
  export ATTUNE_TEST_RABBIT_URL ATTUNE_TEST_RABBIT_TLS_URL
}

stop_test_servers() {
  local i
  for i in "${!pids[@]}"; do kill -"${signals[i]}" "${pids[i]}" 2>/dev/null || true; done
  # Its shell would say on stderr that a server was killed.
  for i in "${!pids[@]}"; do wait "${pids[i]}" 2>/dev/null || true; done
  pids=()
  signals=()
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
rabbit)
  [[ $# == 2 ]] || die "usage: $0 rabbit FOLDER"
  rabbit_in "$2"
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
*) die "usage: $0 run COMMAND... | postgres FOLDER [OPTION...] | rabbit FOLDER" ;;
esac
