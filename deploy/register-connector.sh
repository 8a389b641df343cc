#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Registers a connector and waits until it runs; the same with Debezium Connect and with `foreset connect`.
#
#   deploy/register-connector.sh [URL [FILE]]
#
# URL (or CONNECT_URL) is http://127.0.0.1:8083, FILE is mysql-connector.json beside this script. A ${NAME} in the file
# stands for the variable NAME of the environment, or for the content of the file that NAME_FILE names.
# CONNECT_TOKEN or CONNECT_TOKEN_FILE is sent as bearer token, CONNECT_CACERT is the authority of an https:// URL,
# CONNECT_WAIT how many seconds the connector has to come up (60). Needs curl.
#
# Exit codes: 0 the connector runs, 1 it was refused or failed (the reason is printed), 69 nobody answers,
# 75 it did not come up in time, 78 the file or a variable is missing.
set -euo pipefail

url=${1:-${CONNECT_URL:-http://127.0.0.1:8083}}
file=${2:-$(dirname "$0")/mysql-connector.json}
wait_seconds=${CONNECT_WAIT:-60}

fail() {
  local code=$1
  shift
  echo "register-connector: $*" >&2
  exit "$code"
}

# variable NAME: its value, from the environment or from the file that NAME_FILE names.
variable() {
  local name=$1 file_name=$1_FILE
  if [ -n "${!name+set}" ]; then
    printf '%s' "${!name}"
  elif [ -n "${!file_name:-}" ]; then
    cat -- "${!file_name}"
  else
    return 1
  fi
}

# A text as the inside of a JSON string.
escaped() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\t'/\\t}
  text=${text//$'\n'/\\n}
  printf '%s' "$text"
}

# The file with its ${NAME}s filled in. It goes to curl by a pipe: no command line shows a password.
body() {
  local text name value
  text=$(cat -- "$file") || fail 78 "$file cannot be read"
  while [[ $text =~ \$\{([A-Za-z_][A-Za-z0-9_]*)\} ]]; do
    name=${BASH_REMATCH[1]}
    value=$(variable "$name") || fail 78 "$file wants $name, and neither $name nor ${name}_FILE is set"
    printf '%s%s' "${text%%"\${$name}"*}" "$(escaped "$value")"
    text=${text#*"\${$name}"}
  done
  printf '%s' "$text"
}

# ask METHOD PATH [curl's options]: prints the body, then the status on a line of its own.
ask() {
  local method=$1 path=$2 status=0
  shift 2
  curl --silent --show-error --max-time 60 ${CONNECT_CACERT:+--cacert "$CONNECT_CACERT"} --config <(authorization) \
    --request "$method" --header 'Accept: application/json' --write-out '\n%{http_code}' "$@" "$url$path" || status=$?
  [ $status -eq 0 ] || fail 69 "$url does not answer (curl ended with $status)"
}

authorization() {
  local token
  if token=$(variable CONNECT_TOKEN); then printf 'header = "Authorization: Bearer %s"\n' "$token"; fi
}

# field NAME JSON: the first value of that name, its escapes left as they are.
field() {
  printf '%s' "$2" | tr -d '\n' | sed -nE 's/^[^"]*("([^"\\]|\\.)*"[^"]*)*"'"$1"'" *: *"(([^"\\]|\\.)*)".*$/\3/p'
}

[ -r "$file" ] || fail 78 "$file cannot be read"
name=$(grep -oE '"name" *: *"[^"]*"' "$file" | sed -nE '1s/^"name" *: *"(.*)"$/\1/p') || true
[ -n "$name" ] || fail 78 "$file names no connector"
filled=$(body)

reply=$(printf '%s' "$filled" | ask POST /connectors --header 'Content-Type: application/json' --data-binary @-)
status=${reply##*$'\n'}
case $status in
  201) echo "register-connector: $name is registered" ;;
  409)
    # One that is there already is waited for; its lake may be taken, too.
    there=$(ask GET "/connectors/$name")
    [ "${there##*$'\n'}" = 200 ] || fail 1 "$name was refused with 409: ${reply%$'\n'*}"
    echo "register-connector: $name is there already"
    ;;
  *) fail 1 "$name was refused with $status: ${reply%$'\n'*}" ;;
esac

deadline=$((SECONDS + wait_seconds))
while :; do
  reply=$(ask GET "/connectors/$name/status")
  status=${reply##*$'\n'}
  text=${reply%$'\n'*}
  states=$(printf '%s' "$text" | grep -oE '"state" *: *"[A-Z]+"' | sed -E 's/.*"([A-Z]+)"/\1/' | tr '\n' ' ') || true
  case "$status $states" in
    "200 RUNNING RUNNING ") echo "register-connector: $name runs"; exit 0 ;;
    200*FAILED*) fail 1 "$name failed: $(printf '%b' "$(field trace "$text")")" ;;
    200*PAUSED* | 200*STOPPED*) fail 1 "$name is not asked to run: $states" ;;
    200* | 404*) ;;
    *) fail 1 "the status of $name was refused with $status: $text" ;;
  esac
  if [ $SECONDS -ge $deadline ]; then
    fail 75 "$name does not run after $wait_seconds s: $text"
  fi
  sleep 0.2
done
