#!/bin/bash
. "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"

if [[ -z ${PARAMS[command]-} ]]; then
    echo 'command: is required' >&2
    exit 2
fi
for key in "${!PARAMS[@]}"; do
    [[ $key == env.* ]] || continue
    if ! [[ ${key#env.} =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
        printf 'env: %q is no name of an environment variable\n' "${key#env.}" >&2
        exit 2
    fi
    if ! export "${key#env.}=${PARAMS[$key]}"; then
        printf 'env: %q cannot be set\n' "${key#env.}" >&2
        exit 2
    fi
done
if [[ -n ${PARAMS[cwd]-} ]] && ! cd -- "${PARAMS[cwd]}"; then exit 2; fi

if [[ -n ${PARAMS[stdin]-} ]]; then
    exec bash -c "${PARAMS[command]}" < <(printf '%s' "${PARAMS[stdin]}")
fi
exec bash -c "${PARAMS[command]}" </dev/null
