// The shell scripts with which Tiny Linux writes its disks, so that others can see whether a write was lost.

import { shell } from './shell.ts';

/** /bin/counter */
export const counterScript = shell`#!/bin/sh
# Appends records to a disk: record n is the 512 bytes at sector n, "XCP-COUNT <n> <uptime>", written through to the medium before the
# console says "COUNT <n> <uptime>". After a reboot it goes on behind the last record, found by halving.
disk="$1"
pause="$2"
tries=0
until [ -b "$disk" ]; do
  tries=$((tries + 1))
  [ "$tries" -gt 200 ] && { echo "COUNT-ERROR no disk $disk"; exit 1; }
  usleep 50000
done
sectors=$(cat "/sys/class/block/\${disk##*/}/size")

has_record() { dd if="$disk" bs=512 skip="$1" count=1 2>/dev/null | { read -r tag number _ && [ "$tag" = XCP-COUNT ] && [ "$number" = "$1" ]; }; }

low=0
high=$((sectors - 1))
while [ "$low" -lt "$high" ]; do
  middle=$(((low + high + 1) / 2))
  if has_record "$middle"; then low=$middle; else high=$((middle - 1)); fi
done

n=$((low + 1))
while [ "$n" -lt "$sectors" ]; do
  read -r uptime _ </proc/uptime
  printf '%-511s\n' "XCP-COUNT $n $uptime" | dd of="$disk" bs=512 seek="$n" count=1 conv=notrunc,fsync iflag=fullblock 2>/dev/null || {
    echo "COUNT-ERROR write $n"
    exit 1
  }
  read -r uptime _ </proc/uptime
  echo "COUNT $n $uptime"
  n=$((n + 1))
  sleep "$pause"
done
`;

/** /bin/writes */
export const writesScript = shell`#!/bin/sh
# A heavy writer: overwrites the disk from its start to its end, again and again.
while :; do
  dd if=/dev/urandom of="$1" bs=1M conv=notrunc oflag=direct
  sleep 0.1
done
`;
