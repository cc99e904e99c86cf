#!/bin/sh
# Signs an answer to a request of guard's: notify-sign.sh KEY.pem HASH approve|deny [BECAUSE]
# Runs where the private key is, which is not where the agent is. BECAUSE is one line without quotes and backslashes.
set -eu
expires=$(($(date +%s) + 120))
text=$(mktemp)
trap 'rm -f "$text"' EXIT
printf 'guard answer 1\n%s\n%s\n%s\n%s\n' "$2" "$3" "$expires" "${4-}" >"$text"
signature=$(openssl pkeyutl -sign -rawin -inkey "$1" -in "$text" | openssl base64 -A)
printf '{"request":"%s","answer":"%s","expires":%s,"because":"%s","signature":"%s"}\n' "$2" "$3" "$expires" "${4-}" "$signature"
