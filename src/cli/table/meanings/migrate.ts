// Parameters of `vm-migrate`, which has two forms: within the pool, and with disks to another pool or other storage.

import type { Topic } from './form.ts';

export const migrate: Topic = {
  params: {
    live: 'True: moves a VM while it runs. With vdi: or remote-master= a running VM goes live in any case.',
    'remote-master':
      'The master of the pool that it goes to: host, host:port, https://host or unix:/path. Its own pool for a move between SRs.',
    'remote-username': 'The user name over there, such as root.',
    'remote-password': 'The password over there; others on this machine can see it: better remote-password-file=, or be asked.',
    'remote-password-file': 'A file whose first line is the password over there; without it, it is asked for on a terminal.',
    'remote-network': 'The network there that the data takes, by name or uuid; without it, that of the management.',
    'remote-fingerprint': 'SHA-256 of the certificate that the other server must show; without it, it is pinned at the first contact.',
    vif: 'The network there for an interface: vif:INTERFACE=NETWORK, the interface by number, MAC or uuid. Others join that of the management.',
    'image-format': 'The form that a disk gets there: image-format:DISK=qcow2, vhd or raw; servers of xcp keep to their own.',
    bandwidth: 'The most that may be sent, in bytes a second, or as 50MiB; without it there is no limit.',
    downtime: 'The longest stop at the end, in milliseconds; what is written faster than it can be sent makes the move fail.',
    verify: 'Compares every byte of every disk on both sides before the VM goes on there; a difference takes all back.',
    copy: 'True: leaves the VM where it is and makes a copy over there, with new uuids; a halted VM only.',
  },
  commands: {
    'vm-migrate': {
      host: 'The destination, a host by name or uuid; with remote-master= a host over there, and may be left out.',
      'host-uuid': 'The destination by its uuid; the same as host=.',
      'host-name': 'The destination by its name; the same as host=.',
      force: 'True: skips checks that guard against inconvenience, such as other CPUs; never those that guard data. The default is false.',
      compress: 'True: sends the memory compressed, for slow networks. Without it the pool decides (migration-compression).',
      vdi: "The SR there for a disk: vdi:DISK=SR, each by name or uuid. Others go to the destination's shared SR, or that with the most room.",
      'dry-run': 'Names everything that stands in the way, with what mends it, and moves nothing.',
    },
  },
};
