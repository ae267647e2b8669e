#!/bin/bash
. "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"
code=${PARAMS[exit_code]:-0}
if ! [[ $code =~ ^[0-9]{1,3}$ ]] || ((10#$code > 255)); then
    printf 'exit_code: expected 0 to 255, got %q\n' "$code" >&2
    exit 2
fi
printf '%s' "${PARAMS[message]-}"
exit "$((10#$code))"
