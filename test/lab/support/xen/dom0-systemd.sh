#!/bin/bash
# dom0-systemd.sh ROOT - what an installation of Debian would have asked for: the network, names, and that root may come in; and that it says when it is up.
set -euo pipefail
root=$1
echo dom0 >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 dom0\n' >"$root/etc/hosts"
: >"$root/etc/fstab"
cat >"$root/etc/systemd/network/10-lab.network" <<'END'
[Match]
MACAddress=52:54:00:aa:00:01

[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
END
cat >"$root/etc/systemd/system/lab-ready.service" <<'END'
[Unit]
After=ssh.service xen.service network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'sed "s/.*lab.name=\\([^ ]*\\).*/\\1/" /proc/cmdline >/run/lab-ready'

[Install]
WantedBy=multi-user.target
END
chroot "$root" systemd-machine-id-setup >/dev/null 2>&1
chroot "$root" systemctl -q enable systemd-networkd ssh lab-ready
# What would look for updates, or at disks, while something is measured.
chroot "$root" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer getty@tty1.service
# Nobody needs its files to be safe from a power cut.
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe"
# Of GRUB's menu only what boots Xen is made: the rest takes the emulated processor a minute.
chmod -x "$root"/etc/grub.d/{05_debian_theme,10_linux,30_os-prober,30_uefi-firmware,40_custom,41_custom}
