#!/bin/bash
# build-dom0.sh OUT DEBS KIND - makes what boots as a Xen host under plain QEMU: in OUT the hypervisor, dom0's kernel and first ramdisk, the guests' kernel
# unpacked, its modules, dom0's root as one sparse ext4 image, and the key that root@dom0 takes. All from Debian's own packages; packages are kept in DEBS.
# KIND: quick: with all that the agent needs, and a first process of our own, to be up soon. fresh: as Debian installs it, with systemd, Xen's tools and
# GRUB's files, before anybody thought of the agent. Of what the agent's package asks for, the switch is missing, with what that asks for: each more would
# cost apt seconds there. Their packages lie where apt looks before it fetches any.
# Needs root for a chroot and a tmpfs, debootstrap, mkfs.ext4, xz, ssh-keygen, depmod. Half an image is never left under the name of a whole one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1 debs=$2 kind=$3
release=bookworm
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $release" | head -1)
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian $release" >&2; exit 1; }
mkdir -p "$out" "$debs"
root=$out/root kernel=$out/kernel-package
mkdir -p "$root" "$kernel"
# On a tmpfs: dpkg waits for the disk after each file otherwise.
mount -t tmpfs -o size=3G,mode=755 xcp-xen-lab "$root"
trap 'umount -l "$root"; rm -rf "$root" "$kernel"' EXIT

packages=udev,kmod,procps,iproute2,iputils-ping,openssh-server,busybox-static,libstdc++6,util-linux
packages+=,xen-hypervisor-4.17-amd64,xen-utils-4.17,xen-utils-common,xenstore-utils,qemu-system-xen
case $kind in
  quick)
    packages+=,qemu-utils,qemu-system-common,openvswitch-switch
    later=
    ;;
  fresh)
    # With what is recommended beside Xen's QEMU.
    packages+=,systemd,systemd-sysv,dbus,xen-hypervisor-common,qemu-system-common,qemu-utils,ovmf,grub2-common,grub-pc-bin
    packages+=,netbase,openssl,uuid-runtime,xorriso
    later=openvswitch-switch
    ;;
esac
stored=$debs/root-$(echo "$release $packages${later:+ $later}" | sha256sum | cut -c1-12).tar
if [ -e "$stored" ]; then
  tar -C "$root" -xf "$stored"
else
  debootstrap --variant=minbase --cache-dir="$debs" --include="$packages" "$release" "$root" "$mirror" >"$out/debootstrap.log" 2>&1 || {
    tail -20 "$out/debootstrap.log" >&2
    exit 1
  }
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}/*
  if [ -n "$later" ]; then
    cp /etc/resolv.conf "$root/etc/"
    echo "deb $mirror $release main" >"$root/etc/apt/sources.list"
    chroot "$root" sh -ec "apt-get update -qq; apt-get install -qq --no-install-recommends --download-only ${later//,/ }" >"$out/later.log" 2>&1 || {
      tail -20 "$out/later.log" >&2
      exit 1
    }
  fi
  tar -C "$root" -cf "$stored.part" . && mv "$stored.part" "$stored"
fi
if [ -n "$later" ]; then
  # apt reads its lists at each call, which takes it longest there: they are cut down to what the agent's package asks for or could have asked for.
  chroot "$root" apt-cache depends --recurse --no-{suggests,conflicts,breaks,replaces,enhances} ${later//,/ } genisoimage qemu-system-x86 |
    awk '/^[a-z0-9]/ { print "Package: " $1 }' >"$out/asked"
  for list in "$root"/var/lib/apt/lists/*_Packages; do
    awk -F '\n' -v asked="$out/asked" 'BEGIN { while ((getline name <asked) > 0) kept[name]; RS = ""; ORS = "\n\n" } $1 in kept' "$list" >"$out/list"
    [ -s "$out/list" ]
    cp "$out/list" "$list"
  done
  rm -f "$out/asked" "$out/list" "$root"/var/lib/apt/lists/*_Translation-* "$root"/var/cache/apt/*.bin
  chroot "$root" apt-cache gencaches -q
fi

# The kernel is unpacked, not installed: its scripts would build a ramdisk for minutes. Only what a machine without hardware can use is kept.
# The cloud kernel has no support for dom0.
name=$(apt-cache depends linux-image-amd64 | awk '/Depends:/ { print $2; exit }')
version=${name#linux-image-}
ls "$debs/${name}"_*.deb >/dev/null 2>&1 || (cd "$debs" && apt-get -qq download "$name")
dpkg-deb --fsys-tarfile "$debs/${name}"_*.deb | tar -x -C "$kernel" --wildcards './boot/*' "./lib/modules/$version/modules.*" \
  "./lib/modules/$version/kernel/arch/*" "./lib/modules/$version/kernel/crypto/*" "./lib/modules/$version/kernel/lib/*" "./lib/modules/$version/kernel/fs/*" \
  "./lib/modules/$version/kernel/net/*" "./lib/modules/$version/kernel/drivers/xen/*" "./lib/modules/$version/kernel/drivers/block/*" \
  "./lib/modules/$version/kernel/drivers/net/*" "./lib/modules/$version/kernel/drivers/virtio/*" "./lib/modules/$version/kernel/drivers/char/*" \
  "./lib/modules/$version/kernel/drivers/input/*" \
  --exclude='*/net/wireless/*' --exclude='*/drivers/net/ethernet/*' --exclude='*/net/bluetooth/*'
mkdir -p "$root/lib/modules" "$root/boot"
cp -a "$kernel/lib/modules/$version" "$root/lib/modules/"
depmod -b "$root" "$version"
cp "$kernel/boot/vmlinuz-$version" "$out/vmlinuz"
gunzip -c "$root"/boot/xen-4.17-amd64.gz >"$out/xen"

# Guests boot the kernel unpacked: Xen's tools would spend seconds on unpacking it at every start. Where the packed part lies is in the header.
at() { od -An -t"$1" -j "$2" -N "$3" "$out/vmlinuz" | tr -d ' '; }
start=$((($(at u1 497 1) + 1) * 512 + $(at u4 584 4))) length=$(at u4 588 4)
tail -c "+$((start + 1))" "$out/vmlinuz" | head -c "$length" | xz -dc --single-stream >"$out/vmlinux" 2>/dev/null || true
[ "$(head -c 4 "$out/vmlinux" | od -An -c | tr -d ' ')" = '177ELF' ] || { echo "the kernel $version could not be unpacked" >&2; exit 1; }

[ -e "$out/key" ] || ssh-keygen -q -t ed25519 -N '' -C xcp-xen-lab -f "$out/key"
install -d -m 700 "$root/root/.ssh"
cp "$out/key.pub" "$root/root/.ssh/authorized_keys"
sed -i 's/^UsePAM.*/UsePAM no/' "$root/etc/ssh/sshd_config"
chroot "$root" ssh-keygen -A >/dev/null
install -m 755 "$here/dom0-init.sh" "$root/usr/local/sbin/lab-init"
[ "$kind" = quick ] || "$here/dom0-systemd.sh" "$root"
mkdir -p "$root/boot/grub" "$root/guest" "$root/lab" "$root/xcp" "$root/var/lib/xen/dump" "$root/var/log/xen"
cp "$out/vmlinux" "$root/guest/vmlinux"
[ "$kind" = quick ] || cp "$kernel"/boot/{vmlinuz,config}-"$version" "$root/boot/"

# dom0's first ramdisk: a block driver, the file system, and on to the root.
first=$out/first
rm -rf "$first"
mkdir -p "$first"/{bin,dev,proc,sys,mnt,lib/modules}
cp "$root/usr/bin/busybox" "$first/bin/" && ln -s busybox "$first/bin/sh"
for module in virtio_pci virtio_blk crc32c_generic ext4; do
  chroot "$root" modprobe -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$root${file#/usr}" "$first/lib/modules/"
  echo "${file##*/}" >>"$first/lib/modules/order"
done
install -m 755 "$here/dom0-first.sh" "$first/init"
(cd "$first" && find . | ./bin/busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$out/first.img"
rm -rf "$first" "$out/modules"
mkdir "$out/modules" && cp -a "$kernel/lib/modules/$version/." "$out/modules/"

truncate -s 6G "$out/root.img.part"
mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1 -d "$root" "$out/root.img.part"
mv "$out/root.img.part" "$out/root.img"
