// The shell script that answers as a guest agent in Tiny Linux.

import { shell } from './shell.ts';

/** /bin/agent */
export const agentScript = shell`#!/bin/sh
# Answers the few questions of the QEMU guest agent's protocol that a host asks: one JSON object a line, no nesting needed to understand them.
port=
for name in /sys/class/virtio-ports/*/name; do
  [ -e "$name" ] && [ "$(cat "$name")" = org.qemu.guest_agent.0 ] && port="/dev/$(basename "\${name%/name}")"
done
[ -n "$port" ] || exit 0

interfaces() {
  first=1
  printf '{"return": ['
  for card in /sys/class/net/*; do
    name=\${card##*/}
    [ "$first" = 1 ] || printf ', '
    first=0
    printf '{"name": "%s", "hardware-address": "%s", "ip-addresses": [' "$name" "$(cat "$card/address")"
    ip -o addr show dev "$name" | awk '{ split($4, a, "/"); printf "%s{\"ip-address-type\": \"%s\", \"ip-address\": \"%s\", \"prefix\": %d}", (NR > 1 ? ", " : ""), ($3 == "inet" ? "ipv4" : "ipv6"), a[1], a[2] }'
    printf ']}'
  done
  printf ']}\n'
}

answer() {
  case "$1" in
    *'"guest-sync-delimited"'*) printf '\377{"return": %s}\n' "$(echo "$1" | sed 's/.*"id": *\([0-9]*\).*/\1/')" ;;
    *'"guest-sync"'*) printf '{"return": %s}\n' "$(echo "$1" | sed 's/.*"id": *\([0-9]*\).*/\1/')" ;;
    *'"guest-ping"'*) printf '{"return": {}}\n' ;;
    *'"guest-info"'*) printf '{"return": {"version": "tiny-1"}}\n' ;;
    *'"guest-get-osinfo"'*) printf '{"return": {"id": "tiny", "name": "Tiny Linux", "pretty-name": "Tiny Linux", "version-id": "1", "kernel-release": "%s", "machine": "%s"}}\n' "$(uname -r)" "$(uname -m)" ;;
    *'"guest-network-get-interfaces"'*) interfaces ;;
    *) printf '{"error": {"class": "CommandNotFound", "desc": "not known here"}}\n' ;;
  esac
}

# The line stays open: closing it would tell the host, which would ask again. While nobody is at the other end there is nothing to read.
exec 3<>"$port"
while :; do
  if read -r line <&3; then answer "$line" >&3; else sleep 0.5; fi
done
`;
