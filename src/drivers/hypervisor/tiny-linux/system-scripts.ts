// The shell scripts that make Tiny Linux: its first process and what reacts to devices and buttons.

import { shell } from './shell.ts';

/** /init */
export const initScript = shell`#!/bin/sh
# PID 1 of Tiny Linux. Kernel arguments it knows:
#   xcp.counter=<disk>   append numbered records to that disk, one synchronous write each, and tell each on the console
#   xcp.counter.pause=<s> seconds between two records (default 0.02)
#   xcp.writes=<disk>    keep overwriting that disk in 1 MiB pieces, as fast as it goes
export PATH=/bin HOME=/root TERM=linux PS1='tiny# '
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
stty cols 80 rows 25 2>/dev/null
while read -r module; do
  case "$module" in xen_*) [ -e /dev/xen/xenbus ] || continue ;; esac
  insmod "/lib/modules/$module"
done </lib/modules/order

for word in $(cat /proc/cmdline); do
  case "$word" in
    xcp.counter=*) counter_disk="/dev/\${word#*=}" ;;
    xcp.counter.pause=*) counter_pause="\${word#*=}" ;;
    xcp.writes=*) writes_disk="/dev/\${word#*=}" ;;
  esac
done

echo "Tiny Linux $(uname -r)"
[ -n "$counter_disk" ] && setsid /bin/counter "$counter_disk" "\${counter_pause:-0.02}" &
[ -n "$writes_disk" ] && setsid /bin/writes "$writes_disk" >/dev/null 2>&1 &
/bin/services >/dev/null 2>&1 &

while :; do
  setsid cttyhack sh
  sleep 1
done
`;

/** /bin/services */
export const servicesScript = shell`#!/bin/sh
# What may come up after the prompt: names, loopback, network cards, hot-plugged processors, the power button, the agent.
hostname tiny
ip link set lo up
/bin/first-boot
uevent /bin/plugged &
for card in /sys/class/net/eth*; do
  [ -e "$card" ] && /bin/card-up "\${card##*/}"
done
for name in /sys/class/input/event*/device/name; do
  [ "$(cat "$name" 2>/dev/null)" = "Power Button" ] || continue
  event=\${name%/device/name}
  /bin/power "/dev/input/\${event##*/}" &
done
[ -e /dev/xen/xenbus ] && exec /bin/xen-agent
exec /bin/agent
`;

/** /bin/first-boot */
export const firstBootScript = shell`#!/bin/sh
# First-boot configuration from a disk with the label cidata, as cloud-init reads it: the host's name, and user data that is a script.
for disk in /sys/block/vd*; do
  device="/dev/\${disk##*/}"
  case "$(dd if="$device" bs=1 skip=32808 count=6 2>/dev/null)" in
    cidata | CIDATA) ;;
    *) continue ;;
  esac
  mkdir -p /run/cidata
  mount -t iso9660 -o ro "$device" /run/cidata || continue
  name=$(sed -n 's/^local-hostname: *//p' /run/cidata/meta-data)
  [ -n "$name" ] && hostname "$name"
  cp /run/cidata/user-data /tmp/user-data
  umount /run/cidata
  read -r first </tmp/user-data
  case "$first" in
    '#!'*) chmod 700 /tmp/user-data && /tmp/user-data >/dev/console 2>&1 ;;
  esac
done
`;

/** /bin/card-up */
export const cardUpScript = shell`#!/bin/sh
# A network card has come: bring it up and ask for an address, without waiting for one.
ip link set "$1" up
udhcpc -i "$1" -s /bin/lease -b -t 3 -T 1 -A 10 >/dev/null 2>&1 &
`;

/** /bin/lease */
export const leaseScript = shell`#!/bin/sh
# What udhcpc calls when the state of a lease changes.
case "$1" in
  deconfig) ip -4 addr flush dev "$interface" scope global ;;
  bound | renew)
    ip -4 addr flush dev "$interface" scope global
    ip addr add "$ip/\${mask:-24}" dev "$interface"
    [ -n "$router" ] && ip route replace default via "\${router%% *}" dev "$interface"
    for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
    ;;
esac
`;

/** /bin/plugged */
export const pluggedScript = shell`#!/bin/sh
# Called for each device that comes: processors are switched on, network cards brought up.
[ "$ACTION" = add ] || exit 0
case "$SUBSYSTEM" in
  cpu) [ -e "/sys$DEVPATH/online" ] && echo 1 >"/sys$DEVPATH/online" ;;
  net) case "$INTERFACE" in eth*) /bin/card-up "$INTERFACE" ;; esac ;;
esac
`;

/** /bin/power */
export const powerScript = shell`#!/bin/sh
# Waits for the power button, whose device is given: nothing else can come from it. Writers stop, then the machine goes off.
head -c 1 "$1" >/dev/null || exit 1
killall counter writes dd 2>/dev/null
sync
poweroff -f
`;

/** /sbin/poweroff and /sbin/reboot: what the kernel runs when Xen asks the guest to go. Writers stop first. */
export const offScript = (what: 'poweroff' | 'reboot'): string => `#!/bin/sh
export PATH=/bin
killall counter writes dd 2>/dev/null
sync
exec /bin/busybox ${what} -f
`;
