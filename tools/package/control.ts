// What the package says of itself, and what it needs of Debian.

export interface ControlFields {
  readonly version: string;
  readonly maintainer: string;
  readonly installedKiB: number;
}

/** Each with its reason; what every Debian has (util-linux for setsid and setpriv) is not listed. */
const depends = [
  'libc6 (>= 2.17)', // the executable asks for no newer symbol
  'init-system-helpers (>= 1.54~)',
  'iproute2', // taps, addresses
  'openssl', // the certificate of the host
  'openvswitch-switch',
  'ovmf', // guests that boot by UEFI
  'qemu-system-common', // qemu-storage-daemon
  'qemu-system-x86 | qemu-system-xen', // the latter came with Xen's tools on a control domain, which needs no other
  'qemu-utils', // qemu-img, qemu-nbd
  'xorriso | genisoimage', // data disks for cloud images
] as const;

const recommends = ['bash-completion', 'ca-certificates', 'ethtool', 'pci.ids'] as const;
const suggests = ['lldpd', 'nfs-common', 'qemu-system-xen', 'xen-system-amd64'] as const;

export const control = ({ version, maintainer, installedKiB }: ControlFields): string => `Package: xcp
Version: ${version}
Architecture: amd64
Maintainer: ${maintainer}
Installed-Size: ${installedKiB}
Section: admin
Priority: optional
Depends: ${depends.join(', ')}
Recommends: ${recommends.join(', ')}
Suggests: ${suggests.join(', ')}
Description: toolstack of a Xen Cloud Platform host
 Makes this machine a host that runs guests: an agent that serves the XenAPI,
 and the command xcp, a drop-in for xe, that drives it or any other XenAPI
 server. Guests run on Xen where this machine is a Xen host, else on QEMU (KVM,
 or emulation where there is none), their disks are qcow2 chains, their
 networks are on Open vSwitch; a running guest moves to another host with its
 disks.
 .
 Guests run on while this package is upgraded or removed.
`;
