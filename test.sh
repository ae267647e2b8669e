#!/usr/bin/env bash
# Builds Attune with its tests and runs all of them: the C++ ones by CTest, then those of tests/e2e against the built
# program. The last line says how many passed and failed. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/packages.sh
source scripts/packages.sh
# shellcheck source=scripts/test_servers.sh
source scripts/test_servers.sh

preset=dev
only=""

usage() {
  cat <<'END'
Usage: ./test.sh [--asan | --tsan] [-R regex]

  --asan     build with the address and undefined behaviour sanitizers (build/asan)
  --tsan     build with the thread sanitizer (build/tsan)
  -R regex   only the tests whose name matches (for tests/e2e: a text that the name contains)
  --help     this text

Missing packages are installed (Debian 12). The last line is "N passed, N failed"; ends with 0 when at least one test
ran and none failed.
END
}

while [[ $# -gt 0 ]]; do
  case $1 in
  --asan) preset=asan ;;
  --tsan) preset=tsan ;;
  -R) only=${2:?-R needs a regular expression} && shift ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && die "unknown option '$1'" ;;
  esac
  shift
done
build=build/$preset

build_all() {
  install_packages "${packages_build[@]}" "${packages_run[@]}" "${packages_test[@]}"
  say "configuring $build"
  local log
  log=$(cmake --preset "$preset" 2>&1) || die "cmake failed:"$'\n'"$log"
  say "building $build"
  NINJA_STATUS='[%f/%t, %e s] ' cmake --build --preset "$preset" --parallel "$(build_jobs)" >&2 ||
    die "the build failed: the first error is above"
}

# count_junit FILE CODE: adds the cases of a JUnit report to passed and failed. An unreadable report, and a program
# that ended with an error that no case shows, are one failure.
count_junit() {
  local counts
  counts=$(python3 tools/count_junit.py "$1") || counts="0 1"
  [[ $2 == 0 || ${counts#* } != 0 ]] || counts="${counts% *} 1"
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
}

run_ctest() {
  say "running the C++ tests"
  rm -f "$build/junit.xml"
  local filter=()
  [[ -z $only ]] || filter=(-R "$only")
  local code=0
  (cd "$build" && ctest -j2 --output-on-failure --no-tests=ignore --output-junit junit.xml "${filter[@]}") || code=$?
  count_junit "$build/junit.xml" "$code"
}

# run_e2e PROFILE [DATABASE_URL MESSAGE_QUEUE_URL]: against those servers, or with SQLite.
run_e2e() {
  say "running the end-to-end tests ($1 profile)"
  local report=$build/e2e-$1.xml
  rm -f "$report"
  local filter=()
  [[ -z $only ]] || filter=(-k "$only")
  local code=0
  ATTUNE_BINARY=$PWD/$build/src/app/attune ATTUNE_E2E_DATABASE_URL=${2:-} \
    ATTUNE_E2E_MESSAGE_QUEUE_URL=${3:-} \
    python3 tests/e2e/run.py --junit "$report" "${filter[@]}" || code=$?
  count_junit "$report" "$code"
}

build_all
trap stop_test_servers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
start_test_servers
passed=0
failed=0
run_ctest
run_e2e embedded
run_e2e cluster "$ATTUNE_TEST_POSTGRES_URL" "$ATTUNE_TEST_RABBIT_URL"
code=0
((failed == 0 && passed > 0)) || code=1
echo "$passed passed, $failed failed"
exit "$code"
