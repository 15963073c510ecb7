// Lines to type: SRs, disks, drives.

import type { Examples } from './form.ts';

export const storage: Examples = {
  'sr-create': [
    ['name-label=nas type=nfs shared=true device-config:server=192.0.2.1 device-config:serverpath=/vms', 'A share that all hosts reach'],
    ['name-label=fast type=file host-uuid=host1 device-config:location=/srv/vms', 'A directory of one host'],
    ['name-label=media type=iso content-type=iso device-config:location=/srv/iso', 'CDs: a directory of .iso files'],
  ],
  'sr-probe': [['type=nfs device-config:server=192.0.2.1', 'What the server offers']],
  'sr-probe-ext': [['type=lvmoiscsi device-config:target=192.0.2.1', 'What is there, and what is still to be said']],
  'sr-scan': [['uuid=media', 'Files that came meanwhile are seen']],
  'sr-introduce': [
    ['uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 name-label=nas type=nfs shared=true', 'Then pbd-create and pbd-plug connect the hosts'],
  ],
  'sr-destroy': [['uuid=old', 'All its disks go; unplug its PBDs first']],
  'sr-forget': [['uuid=nas', 'The pool lets go of it; nothing on it changes']],
  'sr-update': [['uuid=nas', 'Its sizes as they are now']],
  'sr-list': [
    ['type=nfs', 'Those of one kind'],
    ['-o table --select name-label,physical-size,physical-utilisation', 'How full they are'],
  ],
  'sr-param-set': [['uuid=nas name-description="Shelf 2" other-config:team=web', 'Describe it']],
  'sr-data-source-list': [['sr=nas', 'What can be asked for']],
  'sr-data-source-query': [['sr=nas data-source=read_latency', 'As it is now']],
  'pbd-create': [
    ['host-uuid=host2 sr-uuid=nas device-config:server=192.0.2.1 device-config:serverpath=/vms', 'How host2 reaches the SR; then pbd-plug'],
  ],
  'pbd-plug': [['uuid=$pbd', 'From now on the host uses it']],
  'pbd-unplug': [['uuid=$pbd', 'No VM there may use it']],
  'pbd-destroy': [['uuid=$pbd', 'After pbd-unplug']],
  'vdi-create': [['sr-uuid=nas name-label=web01-data virtual-size=100GiB', 'An empty disk; vbd-create puts it into a VM']],
  'vdi-destroy': [['uuid=web01-data', 'The disk and its content']],
  'vdi-forget': [['uuid=web01-data', 'The content stays on the SR; sr-scan finds it again']],
  'vdi-resize': [['uuid=web01-data disk-size=200GiB', 'Larger; the guest has to grow its file system']],
  'vdi-copy': [
    ['uuid=web01-data sr-uuid=ssd', 'A copy on another SR'],
    ['uuid=monday base-vdi-uuid=sunday into-vdi-uuid=backup', 'Only what differs from sunday, into a copy of it'],
  ],
  'vdi-clone': [['uuid=web01-data new-name-label=web02-data', 'In a moment: both share what they have in common']],
  'vdi-snapshot': [['uuid=web01-data', 'Of this disk alone']],
  'vdi-pool-migrate': [['uuid=web01-data sr-uuid=ssd', 'While the VM runs']],
  'vdi-import': [
    ['uuid=web01-data filename=disk.qcow2 format=qcow2 --progress', 'Fill it from an image'],
    ['uuid=web01-data filename=- < disk.raw', 'From what comes in'],
  ],
  'vdi-export': [
    ['uuid=web01-data filename=web01.vhd format=vhd --progress', 'To a file, holes left out'],
    ['uuid=web01-data base=web01-monday filename=tuesday.qcow2 format=qcow2', 'Only what differs from an older snapshot of it'],
    ['uuid=web01-data filename=- | zstd > web01.raw.zst', 'Compressed on the way'],
    ['uuid=web01-data filename=today.qcow2 format=qcow2 base=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11', 'Only what differs from that snapshot'],
  ],
  'vdi-enable-cbt': [['uuid=web01-data', 'For backups of what has changed']],
  'vdi-disable-cbt': [['uuid=web01-data', 'Without it each backup reads all']],
  'vdi-list-changed-blocks': [['vdi-from-uuid=sunday vdi-to-uuid=monday', 'A bitmap, base64, one bit for 64 KiB']],
  'vdi-data-destroy': [['uuid=sunday', 'A snapshot that is only kept to compare with']],
  'vdi-introduce': [
    [
      'uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 sr-uuid=nas type=user location=web01.qcow2 name-label=web01-root',
      'A file that is there already',
    ],
  ],
  'vdi-unlock': [['uuid=web01-data --force', 'After the host that held it was lost for good']],
  'vdi-list': [
    ['sr-name-label=nas', 'The disks of one SR'],
    ['-o table --select name-label,virtual-size,physical-utilisation', 'How much room they take'],
  ],
  'cd-list': [['params=name-label', 'Names for vm-cd-add']],
  'vbd-create': [
    ['vm-uuid=web01 vdi-uuid=web01-data device=autodetect', 'A disk for a VM; vbd-plug gives it to a running one'],
    ['vm-uuid=web01 device=3 type=CD mode=RO', 'An empty CD drive'],
  ],
  'vbd-plug': [['uuid=$drive', 'The running guest gets it']],
  'vbd-unplug': [
    ['uuid=$drive', 'The guest has to let go of it'],
    ['uuid=$drive timeout=60', 'Asks for a minute'],
  ],
  'vbd-destroy': [['uuid=$drive', 'The disk itself stays']],
  'vbd-insert': [['uuid=$cd vdi-uuid=debian-12.iso', 'Put it in']],
  'vbd-eject': [['uuid=$cd', 'Take it out']],
  'vbd-list': [['vm-name-label=web01 params=uuid,userdevice,vdi-name-label', 'The drives of a VM']],
  'drtask-create': [
    ['type=lvmoiscsi device-config:target=192.0.2.1 device-config:targetIQN=iqn.2026-01.org.example:dr', "The other site's storage"],
  ],
};
