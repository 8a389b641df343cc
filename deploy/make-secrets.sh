#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the secrets that compose.yaml wants, in deploy/secrets, where they are missing. Nothing is printed.
set -euo pipefail
umask 077
cd "$(dirname "$0")"
mkdir -p secrets

# random BYTES: that many, in base64.
random() { head -c "$1" /dev/urandom | base64 -w 0; }

make() {
  [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"
}

make mysql_root_password "$(random 24 | tr '+/' '-_')"
make mysql_password "$(random 24 | tr '+/' '-_')"
for account in mybronze mysilver mygold; do make "${account}_key" "$(random 64)"; done
# Containers read them as users of their own; on this machine the directory keeps others out.
chmod 700 secrets
chmod 644 secrets/*
