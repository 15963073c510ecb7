// Parameters of the commands about SRs, PBDs, disks and drives.

import type { Topic } from './form.ts';

export const storage: Topic = {
  params: {
    'device-config':
      'What the driver needs to reach the storage, as device-config:KEY=VALUE: location, server, serverpath, device, target and the like.',
    'sm-config': "The driver's own settings, as sm-config:KEY=VALUE.",
    'driver-params': 'Settings for the driver of the SR, as driver-params:KEY=VALUE.',
    shared: 'True: all hosts of the pool reach it. The default is false: one host.',
    'content-type': 'user: disks (the default); iso: CD images.',
    'physical-size': 'The size in bytes, for the few drivers that do not find it out; the default is 0.',
    'virtual-size': 'The size that the guest sees, in bytes or as 20GiB.',
    'disk-size': 'The new size, in bytes or as 20GiB; a disk never gets smaller.',
    online: 'True: also while a VM uses it. The default is false.',
    sharable: 'True: several VMs may have it at the same time, and must know how to share. The default is false.',
    'read-only': 'True: nobody may write to it. The default is false.',
    location: 'How the SR itself names the disk, such as its file.',
    tags: 'Words to find it by: tags:WORD, once per word.',
    'other-config': 'Notes of other programs, as other-config:KEY=VALUE.',
    'xenstore-data': 'What the guest may read about the disk in xenstore, as xenstore-data:KEY=VALUE.',
    'base-vdi-uuid': 'A disk that both sides have: only what differs from it is copied.',
    'into-vdi-uuid': 'The disk to copy into, of the same size; without it a new one is made.',
    'dest-img-format': 'The form of the disk on the other SR: qcow2, vhd or raw; without it the SR decides.',
    format: 'raw (the default), vhd, qcow2 or tar: the form of the file.',
    base: 'The uuid of an older disk or snapshot: only what differs from it is saved; as qcow2, or as vhd on servers that can.',
    'vdi-from-uuid': 'The older of the two snapshots.',
    'vdi-to-uuid': 'The newer of the two snapshots, or the disk.',
    bootable: 'True: the VM may boot from it. The default is false.',
    unpluggable: 'False: it stays as long as the VM runs. The default is true.',
    'initial-allocation': 'How much room a new disk gets at once, in bytes or as 1GiB.',
    'allocation-quantum': 'How much room a disk gets whenever it needs more, in bytes or as 256MiB.',
    'sr-whitelist': 'The SRs to attach, their uuids with commas between; without it all that are found.',
  },
  commands: {
    'sr-data-source-forget sr-data-source-query sr-data-source-record': {
      'data-source': 'The name of the figure; sr-data-source-list shows them.',
    },
    'sr-create': {
      'name-label': 'The name of the SR.',
      type: 'The driver: file, iso, nfs, lvm, lvmoiscsi, ext and the like; sm-list shows those of the pool.',
      'host-uuid': 'The host that makes it; without it the one that answers. A shared SR is connected to the others too.',
    },
    'sr-introduce': {
      uuid: 'The uuid that the SR has; it keeps it.',
      type: 'The driver of the SR, the one that it was made with.',
      'name-label': 'The name of the SR.',
    },
    'sr-probe sr-probe-ext': {
      type: 'The driver that looks: nfs, lvmoiscsi, file and the like; sm-list shows those of the pool.',
      'host-uuid': 'The host to look from; without it the one that answers.',
    },
    'drtask-create': {
      type: 'The driver of the storage: lvmoiscsi, lvmohba and the like.',
    },
    'pbd-create': { 'host-uuid': 'The host that shall reach the SR.', 'sr-uuid': 'The SR.' },
    'vdi-create': {
      'sr-uuid': 'The SR that the disk is made on.',
      'name-label': 'The name of the disk.',
      type: 'user (the default), system, suspend or crashdump: what it is for; all hold data alike.',
    },
    'vdi-introduce': {
      uuid: 'The uuid that the disk has; it keeps it.',
      'sr-uuid': 'The SR that the disk is on.',
      type: 'user, system, suspend or crashdump: what it is for.',
      'name-label': 'The name of the disk.',
      managed: 'False: the disk is not for VMs, but part of others. The default is true.',
    },
    'vdi-copy': { 'sr-uuid': 'The SR of the copy. One of sr-uuid and into-vdi-uuid has to be there.' },
    'vdi-pool-migrate': { 'sr-uuid': 'The SR that the disk moves to.' },
    'vdi-generate-config': { 'host-uuid': 'The host that shall attach it.' },
    'vdi-import': { filename: 'The file with the content; empty or - is what is typed in. Nothing larger than the disk.' },
    'vdi-export': { filename: 'The file to write; empty or - is the standard output.' },
    'vdi-unlock': { force: 'Has to be there: a lock that is broken while a VM writes costs the disk.' },
    'vbd-create': {
      'vm-uuid': 'The VM that gets the drive.',
      'vdi-uuid': 'The disk in it; may be left out for an empty CD drive.',
      device: 'Its place: 0 to 15, or autodetect for the next that is free.',
      type: 'Disk (the default), CD or Floppy.',
      mode: 'RW (the default) or RO: whether the guest may write. A CD is RO.',
    },
    'vbd-insert': { 'vdi-uuid': 'The CD, a disk of an SR with content-type=iso.' },
    'vbd-unplug': {
      timeout: 'Tries again for so many seconds while the guest holds on to it; the default is 0: once.',
      force: 'Takes it even if the guest does not let go; what it has not written is lost.',
    },
    'vbd-unpause': { token: 'What vbd-pause has printed.' },
    'lvhd-enable-thin-provisioning': { 'sr-uuid': 'The SR, on logical volumes.' },
    'update-introduce': { 'vdi-uuid': 'The disk with the content of the update.' },
  },
};
