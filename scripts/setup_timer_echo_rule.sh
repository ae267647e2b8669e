#!/usr/bin/env bash
# Makes the rule core.timer_echo_10s: every 10 seconds, core.echo prints a message. Uses the public API alone; running
# it again brings the rule back to this state.
#
# Environment: ATTUNE_API_URL (http://localhost:8080), ATTUNE_API_USER (admin), ATTUNE_API_PASSWORD (required).
set -euo pipefail

url=${ATTUNE_API_URL:-http://localhost:8080}
url=${url%/}
export ATTUNE_API_USER=${ATTUNE_API_USER:-admin}
rule_ref=core.timer_echo_10s
trigger_ref=core.timer_10s
action_ref=core.echo
token=""
status=""
answer=""

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# call METHOD PATH: sends stdin as the body (unless METHOD is GET); sets status and answer. Neither the body nor the
# token is ever an argument of a program: arguments are seen by every user of the machine.
call() {
  local method=$1 path=$2 reply
  local body=(--data-binary @-)
  [[ $method == GET ]] && body=()
  if ! reply=$(curl --silent --show-error --max-time 20 --request "$method" "${body[@]}" \
    --config <(printf 'header = "Content-Type: application/json"\n'
      [[ -z $token ]] || printf 'header = "Authorization: Bearer %s"\n' "$token") \
    --write-out '\n%{http_code}' "$url$path"); then
    fail "no server answers at $url. Start one (./quickstart.sh, or attune serve), or set ATTUNE_API_URL."
  fi
  status=${reply##*$'\n'}
  answer=${reply%$'\n'*}
}

# reason: what the server said about a failure.
reason() {
  jq -r 'if type == "object" then (.error | if type == "object" then .message else . end) // . else . end' \
    <<<"$answer" 2>/dev/null || printf '%s' "$answer"
}

log_in() {
  [[ -n ${ATTUNE_API_PASSWORD:-} ]] ||
    fail "set ATTUNE_API_PASSWORD to the password of '$ATTUNE_API_USER'. A new server writes the administrator's to" \
      "<data folder>/admin-password."
  export ATTUNE_API_PASSWORD
  call POST /auth/login < <(jq -n '{login: env.ATTUNE_API_USER, password: env.ATTUNE_API_PASSWORD}')
  case $status in
  200) ;;
  401) fail "login as '$ATTUNE_API_USER' refused: wrong user or password. Check ATTUNE_API_USER and ATTUNE_API_PASSWORD." ;;
  403) fail "login as '$ATTUNE_API_USER' refused: the identity is frozen. An administrator has to thaw it." ;;
  429) fail "login refused: too many failed attempts. Wait five minutes, then try again." ;;
  *) fail "login failed with status $status: $(reason)" ;;
  esac
  token=$(jq -r '.data.access_token // empty' <<<"$answer" 2>/dev/null) || true
  [[ -n $token ]] || fail "the answer to the login holds no access token. Is $url an Attune server?"
}

# need KIND PATH ADVICE: fails unless the thing exists.
need() {
  call GET "/api/v1/$2"
  case $status in
  200) ;;
  404) fail "$1 ${2#*/} is missing. $3" ;;
  *) fail "$1 ${2#*/} cannot be read, status $status: $(reason)" ;;
  esac
}

rule_body() {
  jq -n --arg ref "$rule_ref" --arg trigger "$trigger_ref" --arg action "$action_ref" '{
    ref: $ref, pack_ref: "core", label: "Echo every 10 seconds",
    description: "Prints a message every 10 seconds.",
    trigger_ref: $trigger, action_ref: $action,
    action_params: {message: "Hello World from timer trigger!"}, enabled: true}'
}

save_rule() {
  call GET "/api/v1/rules/$rule_ref"
  local verb=updated
  if [[ $status == 404 ]]; then
    verb=created
    call POST /api/v1/rules < <(rule_body)
  fi
  if [[ $verb == updated || $status == 409 ]]; then
    verb=updated
    call PUT "/api/v1/rules/$rule_ref" < <(rule_body | jq 'del(.ref, .pack_ref)')
  fi
  case $status in
  200 | 201) printf 'Rule %s %s: %s fires every 10 seconds and runs %s.\n' "$rule_ref" "$verb" "$trigger_ref" "$action_ref" ;;
  403) fail "'$ATTUNE_API_USER' may not change rules: $(reason). Log in as an administrator or an editor." ;;
  *) fail "rule $rule_ref could not be ${verb}, status $status: $(reason)" ;;
  esac
}

for program in curl jq; do
  command -v "$program" >/dev/null || fail "$program is missing. Install it: apt-get install $program"
done
log_in
advice="The core pack is loaded when the server starts: its log says why it was not."
need pack packs/core "$advice"
need trigger "triggers/$trigger_ref" "$advice"
need action "actions/$action_ref" "$advice"
save_rule
cat <<END
See it work:
  attune --api-url $url login -u $ATTUNE_API_USER
  attune --api-url $url watch
  attune --api-url $url execution list --rule $rule_ref
Stop it: attune --api-url $url rule disable $rule_ref
END
