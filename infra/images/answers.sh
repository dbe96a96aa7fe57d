#!/usr/bin/env bash
# answers PORT PATH [STATUS]: does http://127.0.0.1:PORT/PATH answer with a success, or with STATUS, within 4 seconds?
# A shell costs milliseconds where an interpreter would cost a tenth of a second at every check.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
IFS=$' \r' read -r -t 4 _ status _ <&3
echo "$2 answered $status"
[[ $status == ${3:-2??} ]]
