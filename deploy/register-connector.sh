#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Registers a connector, or gives one that is there this configuration, and waits until it runs; the same with Debezium
# Connect and with `foreset connect`. Run again it changes nothing that need not change.
#
#   deploy/register-connector.sh [URL [FILE]]
#
# URL (or CONNECT_URL) is http://127.0.0.1:8083, FILE is mysql-connector.json beside this script. A ${NAME} in the file
# stands for the variable NAME of the environment, or for the content of the file that NAME_FILE names; ${NAME:-text}
# for `text` when there is neither. CONNECT_TOKEN or CONNECT_TOKEN_FILE is sent as bearer token, CONNECT_CACERT is the
# authority of an https:// URL, CONNECT_WAIT how many seconds the connector has to come up (60). Needs curl.
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
  local text name value all otherwise
  text=$(cat -- "$file") || fail 78 "$file cannot be read"
  while [[ $text =~ \$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\} ]]; do
    all=${BASH_REMATCH[0]} name=${BASH_REMATCH[1]} otherwise=${BASH_REMATCH[2]}
    if ! value=$(variable "$name"); then
      [ -n "$otherwise" ] || fail 78 "$file wants $name, and neither $name nor ${name}_FILE is set"
      value=${otherwise#:-}
    fi
    printf '%s%s' "${text%%"$all"*}" "$(escaped "$value")"
    text=${text#*"$all"}
  done
  printf '%s' "$text"
}

# config JSON: the object that its member "config" is.
config() {
  local text=$1 depth=0 inside='' last='' from=0 start=-1 i
  for ((i = 0; i < ${#text}; i++)); do
    case $inside${text:i:1} in
      '"\') i=$((i + 1)) ;;
      '""') inside='' last=${text:from:i-from} ;;
      '"'?) ;;
      '"') inside='"' from=$((i + 1)) ;;
      '{')
        depth=$((depth + 1))
        if [ $depth -eq 2 ] && [ "$last" = config ]; then start=$i; fi
        ;;
      '}')
        depth=$((depth - 1))
        if [ $depth -eq 1 ] && [ $start -ge 0 ]; then
          printf '%s' "${text:start:i-start+1}"
          return
        fi
        ;;
    esac
  done
  return 1
}

# A text as a segment of a path.
segment() {
  local LC_ALL=C text=$1 i c
  for ((i = 0; i < ${#text}; i++)); do
    c=${text:i:1}
    case $c in
      [A-Za-z0-9._~-]) printf '%s' "$c" ;;
      *) printf '%%%02X' "$(($(printf '%d' "'$c") & 255))" ;;
    esac
  done
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
options=$(config "$filled") || fail 78 "$file has no object \"config\""
path=/connectors/$(segment "$name")
deadline=$((SECONDS + wait_seconds))

while :; do
  reply=$(printf '%s' "$options" | ask PUT "$path/config" --header 'Content-Type: application/json' --data-binary @-)
  status=${reply##*$'\n'}
  case $status in
    201) echo "register-connector: $name is registered" ;;
    200) echo "register-connector: $name is there already, and has what $file says" ;;
    409 | 503)
      # Connect's workers agree anew who does what, which passes; a lake that another connector writes to stays so.
      if [[ $reply != *E7004* ]] && [ $SECONDS -lt $deadline ]; then
        sleep 0.5
        continue
      fi
      fail 1 "$name was refused with $status: ${reply%$'\n'*}"
      ;;
    *) fail 1 "$name was refused with $status: ${reply%$'\n'*}" ;;
  esac
  break
done
# What had failed before its configuration was put right is begun again, once.
may_restart=$([ "$status" = 200 ] && echo yes || true)

while :; do
  reply=$(ask GET "$path/status")
  status=${reply##*$'\n'}
  text=${reply%$'\n'*}
  states=$(printf '%s' "$text" | grep -oE '"state" *: *"[A-Z]+"' | sed -E 's/.*"([A-Z]+)"/\1/' | tr '\n' ' ') || true
  case "$status $states" in
    "200 RUNNING RUNNING ") echo "register-connector: $name runs"; exit 0 ;;
    200*FAILED*)
      if [ -n "$may_restart" ]; then
        may_restart=''
        ask POST "$path/restart?includeTasks=true&onlyFailed=true" >/dev/null
        sleep 0.5
        continue
      fi
      fail 1 "$name failed: $(printf '%b' "$(field trace "$text")")"
      ;;
    200*PAUSED* | 200*STOPPED*) fail 1 "$name is not asked to run: $states" ;;
    200* | 404* | 409*) ;;
    *) fail 1 "the status of $name was refused with $status: $text" ;;
  esac
  if [ $SECONDS -ge $deadline ]; then
    fail 75 "$name does not run after $wait_seconds s: $text"
  fi
  sleep 0.2
done
