// The shell script that says in xenstore what Tiny Linux is and which addresses it has, as guest agents on Xen do.

import { shell } from './shell.ts';

/** /bin/xen-agent */
export const xenAgentScript = shell`#!/bin/sh
# Speaks the store's protocol itself: a header of four little-endian words, then path, zero byte, value.
exec 3<>/dev/xen/xenbus || exit 0

put() {
  length=$((\${#1} + 1 + \${#2}))
  low=$(printf '%03o' $((length % 256)))
  high=$(printf '%03o' $((length / 256)))
  { printf "\\013\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\$low\\$high\\0\\0"; printf '%s\0%s' "$1" "$2"; } >&3
  dd bs=16 count=1 <&3 >/dev/null 2>&1
  dd bs=3 count=1 <&3 >/dev/null 2>&1
}

put data/os_name 'Tiny Linux'
put data/os_distro tiny
put data/os_majorver 1
put data/os_uname "$(uname -r)"
put attr/PVAddons/BuildVersion 1
put attr/PVAddons/MicroVersion 0
put attr/PVAddons/MinorVersion 0
put attr/PVAddons/MajorVersion 1

told=
while :; do
  now=
  for card in /sys/class/net/eth*; do
    [ -e "$card" ] || continue
    number=$(basename "$(readlink -f "$card/device")" | sed 's/^vif-//')
    for family in inet inet6; do
      count=0
      for address in $(ip -o -f "$family" addr show dev "\${card##*/}" | awk '{ sub("/.*", "", $4); print $4 }'); do
        case $family in inet) kind=ipv4 ;; *) kind=ipv6 ;; esac
        now="$now attr/vif/$number/$kind/$count=$address"
        count=$((count + 1))
      done
    done
  done
  if [ "$now" != "$told" ]; then
    for word in $now; do put "\${word%%=*}" "\${word#*=}"; done
    put data/updated "$(cat /proc/uptime)"
    told=$now
  fi
  sleep 2
done
`;
