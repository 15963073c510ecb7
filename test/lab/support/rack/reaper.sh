#!/bin/sh
# Removes a rack when whoever holds the other end of standard input is gone, however it went: reaper.sh PREFIX FOLDER
cat >/dev/null
names() { for path in /run/netns/"$1"-*; do [ -e "$path" ] && echo "${path##*/}"; done; }
for name in $(names "$1"); do
  # Switch, hosts, guests, tools: whatever runs inside.
  pids=$(ip netns pids "$name") && [ -n "$pids" ] && kill -9 $pids 2>/dev/null
done
# Deleting one end of a cable deletes the other; the kernel does it behind our back when a namespace goes.
for name in $(names "$1"); do ip netns del "$name"; rm -rf "/etc/netns/$name"; done
rm -rf "$2"
