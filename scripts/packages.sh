# shellcheck shell=bash
# The Debian packages that Attune needs, and how scripts install those that are missing. To be sourced.
# docs/dependencies.md says what each one is for.

packages_build=(
  clang-19 lld-19 libstdc++-12-dev cmake ninja-build ccache pkg-config
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libsqlite3-dev libpq-dev librabbitmq-dev libssl-dev libargon2-dev libyaml-cpp-dev libcctz-dev libcli11-dev
  libspdlog-dev libfmt-dev libre2-dev libarchive-dev libical-dev libcurl4-openssl-dev
)
packages_run=(curl jq ca-certificates tzdata)
packages_test=(
  libgtest-dev libgmock-dev libbenchmark-dev libclang-rt-19-dev llvm-19 python3 postgresql-15 rabbitmq-server openssl
  faketime python3-venv nodejs
)
export packages_build packages_run packages_test

# say TEXT...: progress, for people. stdout is left to results.
say() { printf '==> %s\n' "$*" >&2; }

# die TEXT...: says why, and ends the script.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# missing_packages PACKAGE...: prints those that are not installed, one a line.
missing_packages() {
  local installed
  # dpkg-query fails when one of them is unknown to it, which is an answer here and not an error.
  installed=$(dpkg-query -W -f='${db:Status-Abbrev}|${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *|//p') || true
  printf '%s\n' "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# as_root COMMAND...: runs it as root, by sudo when needed.
as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

# install_packages PACKAGE...: installs what is missing, and asks for nothing when nothing is.
install_packages() {
  [[ -x $(command -v dpkg-query) && -x $(command -v apt-get) ]] ||
    die "this needs Debian 12 (apt-get and dpkg-query are not here). Elsewhere, install the libraries of" \
      "docs/dependencies.md yourself, then: cmake --preset release && cmake --build --preset release"
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
    die "packages are missing, and neither root nor sudo is at hand. As root: apt-get install" \
      "--no-install-recommends ${missing[*]}"
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  as_root apt-get update -q >&2 ||
    die "apt-get update failed. Is the network there, and is /etc/apt/sources.list right?"
  start_no_services
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 || {
    start_services_again
    die "apt-get could not install the packages (its reason is above). They are those of Debian 12 (bookworm)."
  }
  start_services_again
}

# start_no_services: packages of servers do not start them, unless somebody decided otherwise. The tests start their own.
start_no_services() {
  [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
  local policy
  policy=$(mktemp)
  printf '#!/bin/sh\n# Attune: no service is started by its installation.\nexit 101\n' >"$policy"
  as_root install -m 755 "$policy" /usr/sbin/policy-rc.d
  rm -f "$policy"
}

# start_services_again: takes back what start_no_services did, and only that.
start_services_again() {
  if grep -qs '^# Attune: no service is started' /usr/sbin/policy-rc.d; then as_root rm -f /usr/sbin/policy-rc.d; fi
}

# build_jobs: as many compilers as there are cores, and 1.5 GB of memory for each.
build_jobs() {
  local cores memory_kb by_memory
  cores=$(nproc)
  memory_kb=$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo)
  by_memory=$((memory_kb / 1500000))
  ((by_memory < cores)) && cores=$by_memory
  echo $((cores < 1 ? 1 : cores))
}
