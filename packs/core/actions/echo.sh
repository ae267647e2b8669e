#!/bin/bash
. "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"
printf '%s' "${PARAMS[message]-}"
