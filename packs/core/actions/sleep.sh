#!/bin/bash
. "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"
seconds=${PARAMS[seconds]:-1}
if ! [[ $seconds =~ ^[0-9]{1,4}(\.[0-9]{1,6})?$ ]] || ((10#${seconds%%.*} > 3600)); then
    printf 'seconds: expected 0 to 3600, got %q\n' "$seconds" >&2
    exit 2
fi
sleep "$seconds" || exit
printf '%s' "${PARAMS[message]-}"
