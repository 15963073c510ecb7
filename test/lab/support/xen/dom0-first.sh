#!/bin/sh
# The first program of dom0: loads what its root needs and hands over to it: to lab.init=<program> of the kernel's command line, else to our own.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
while read -r module; do $b insmod "/lib/modules/$module" 2>/dev/null; done </lib/modules/order
tries=0
until [ -b /dev/vda ] || [ "$tries" -gt 300 ]; do
  $b usleep 100000
  tries=$((tries + 1))
done
$b mount -t ext4 -o rw,noatime /dev/vda /mnt || exec $b sh
$b mount --move /dev /mnt/dev
init=/usr/local/sbin/lab-init
for word in $($b cat /proc/cmdline); do
  case $word in lab.init=*) init=${word#*=} ;; esac
done
$b umount /proc
exec $b switch_root /mnt "$init"
