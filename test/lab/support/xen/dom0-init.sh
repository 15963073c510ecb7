#!/bin/bash
# Process 1 of a lab's dom0: what systemd would start for Xen and Open vSwitch, in the same order, and sshd. The kernel's command line names the host:
#   lab.name=<name> lab.ip=<address on the hosts' common network>
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs tmp /tmp
# Scripts of Xen's tools read /dev/stdin.
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
mkdir -p /dev/pts /dev/shm /run/lock /run/sshd /run/openvswitch
mount -t devpts -o mode=620,gid=5 pts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t cgroup2 cg /sys/fs/cgroup
name=host ip=
for word in $(cat /proc/cmdline); do
  case $word in
    lab.name=*) name=${word#*=} ;;
    lab.ip=*) ip=${word#*=} ;;
  esac
done
hostname "$name"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >/etc/hosts
/lib/systemd/systemd-udevd --daemon 2>/dev/null
modprobe -a virtio_net xenfs xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xen-blkback xen-netback loop openvswitch tun 2>/dev/null
mount -t xenfs xenfs /proc/xen
ip link set lo up
for card in /sys/class/net/*; do
  case $(cat "$card/address") in
    52:54:00:aa:*)
      ip link set "${card##*/}" name mgmt0
      ip link set mgmt0 up
      ip addr add 10.0.2.15/24 dev mgmt0
      ip route add default via 10.0.2.2
      ;;
    52:54:00:bb:*)
      ip link set "${card##*/}" name lan0
      ip link set lan0 up
      ;;
  esac
done
/usr/sbin/sshd
# The agent and whatever else the lab brings, read-only.
[ -b /dev/vdb ] && mount -t ext4 -o ro /dev/vdb /xcp
mkdir -p /run/xen /run/xenstored /var/lib/xenstored
mount -t tmpfs store /var/lib/xenstored
/etc/init.d/xen start
/usr/share/openvswitch/scripts/ovs-ctl start --system-id=random --no-monitor >/var/log/ovs.log 2>&1
[ -n "$ip" ] && ip addr add "$ip/24" dev lan0
echo "$name" >/run/lab-ready
trap 'kill -TERM -1; sleep 1; sync; mount -o remount,ro /; /bin/busybox poweroff -f' TERM PWR USR2
while :; do
  sleep 3600 &
  wait $!
done
