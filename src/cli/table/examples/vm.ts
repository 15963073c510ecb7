// Lines to type: VMs.

import type { Examples } from './form.ts';

export const vm: Examples = {
  'vm-install': [
    ['template="Debian Bookworm 12" new-name-label=web01', 'A VM with a new disk on the default SR; then put the medium in'],
    ['template="Cloud image" new-name-label=web01 sr-uuid=nas user-data=web.yaml', 'A cloud image that sets itself up by cloud-init'],
  ],
  'vm-create': [['name-label=scratch', 'An empty record: no disk, no interface']],
  'vm-start': [
    ['vm=web01', 'On the host that the server chooses'],
    ['vm=web01 on=host2 --paused', 'On this host, stopped before its first instruction'],
    ['tags:contains=web power-state=halted --multiple --parallel 8', 'All halted VMs with the tag web, eight at a time'],
    ['vm=web01 --dry-run', 'Whether it could start; nothing is done'],
  ],
  'vm-shutdown': [
    ['vm=web01', 'Asks the guest to shut down'],
    ['vm=web01 --force', 'Cuts the power'],
    ['resident-on=host2 --multiple --parallel 4', 'All VMs of a host, four at a time'],
  ],
  'vm-reboot': [
    ['vm=web01', 'Asks the guest to restart'],
    ['vm=web01 --force', 'As the reset button does'],
  ],
  'vm-suspend': [['vm=web01', 'Its memory goes to disk, and it stops']],
  'vm-resume': [['vm=web01 on=host2', 'It goes on where it was, on this host']],
  'vm-pause': [['vm=web01', 'It stands still until vm-unpause']],
  'vm-unpause': [['vm=web01', 'It goes on']],
  'vm-reset-powerstate': [['vm=web01 --force', 'After its host was lost for good']],
  'vm-migrate': [
    ['vm=web01 host=host2 --live', 'Within the pool, while it runs'],
    [
      'vm=web01 remote-master=pool2.example.org remote-username=root remote-password-file=pw --live --dry-run',
      'To another pool: what would stand in the way? Nothing moves',
    ],
    [
      'vm=web01 remote-master=pool2.example.org remote-username=root remote-password-file=pw host=host7 vdi:web01-root=ssd vif:0=lan --live',
      'There, with its disk on the SR ssd and its interface 0 in the network lan',
    ],
    [
      'vm=web01 remote-master=pool2.example.org remote-username=root bandwidth=50MiB downtime=500 --verify --live',
      'Slowly, with a short stop at the end, and every disk compared before it goes on there',
    ],
  ],
  'vm-clone': [['vm=web01 new-name-label=web02', 'In a moment: the disks share what they have in common']],
  'vm-copy': [['vm=web01 new-name-label=web02 sr-uuid=nas', 'A whole copy, on another SR']],
  'vm-snapshot': [
    ['vm=web01 new-name-label="before the update"', 'Of all disks, while it runs'],
    ['tags:contains=web --multiple new-name-label=nightly', 'Of every VM with the tag web'],
  ],
  'vm-snapshot-with-quiesce': [['vm=win01 new-name-label=nightly', 'After Windows has written what it had in memory']],
  'vm-checkpoint': [['vm=web01 new-name-label="before the update"', 'With its memory: snapshot-revert and vm-resume go on from here']],
  'vm-uninstall': [
    ['vm=web01', 'Shows what will go, and asks'],
    ['vm=web01 --force', 'Without the question'],
  ],
  'vm-destroy': [['uuid=web01', 'The record goes, the disks stay']],
  'vm-list': [
    ['power-state=running', 'Those that run'],
    ['-o table --select name-label,power-state,memory-actual,resident-on', 'At a glance'],
    ['tags:contains=web params=uuid --minimal', 'Uuids for a script, with commas between'],
    ['name-label=web01 power-state=running --wait --timeout 60', 'Waits until it runs, at most a minute'],
  ],
  'vm-param-set': [
    ['uuid=web01 VCPUs-max=4 VCPUs-at-startup=2', 'Two vCPUs at its next start, up to four while it runs'],
    ['uuid=web01 HVM-boot-params:order=dc', 'From CD first, then from disk'],
    ['uuid=web01 ha-restart-priority=restart other-config:team=web', 'Protected by HA, and a note'],
  ],
  'vm-param-get': [
    ['uuid=web01 param-name=power-state', 'One field'],
    ['uuid=web01 param-name=other-config param-key=team', 'One key of a map'],
  ],
  'vm-param-add': [['uuid=web01 param-name=tags param-key=web', 'Lists find it by tags:contains=web']],
  'vm-param-list': [
    ['uuid=web01', 'Every field'],
    ['uuid=web01 -o json', 'As data'],
  ],
  'vm-memory-dynamic-range-set': [['vm=web01 min=1GiB max=4GiB', 'Between these sizes the running VM gives and gets memory']],
  'vm-memory-static-range-set': [['vm=web01 min=512MiB max=8GiB', 'What the dynamic range may be; a halted VM']],
  'vm-memory-limits-set': [
    ['vm=web01 static-min=512MiB dynamic-min=1GiB dynamic-max=4GiB static-max=8GiB', 'All four at once; a halted VM'],
  ],
  'vm-memory-set': [['vm=web01 memory=4GiB', 'Always just so much; a halted VM']],
  'vm-memory-target-set': [['vm=web01 target=2GiB', 'Now; the guest gives the rest back']],
  'vm-compute-maximum-memory': [['vm=web01 total=16GiB', 'How large it could be where 16 GiB are free']],
  'vm-memory-shadow-multiplier-set': [['vm=win01 multiplier=2', 'For a guest that changes its page tables much']],
  'vm-vcpu-hotplug': [['vm=web01 new-vcpus=4', 'Four vCPUs from now on']],
  'vm-data-source-list': [['vm=web01', 'What can be asked for']],
  'vm-data-source-query': [['vm=web01 data-source=cpu0', 'How busy its first vCPU is']],
  'vm-data-source-record': [['vm=web01 data-source=memory_internal_free', 'From now on it is kept']],
  'vm-data-source-forget': [['vm=web01 data-source=memory_internal_free', 'What was kept goes']],
  'vm-disk-list': [
    ['vm=web01', 'Each drive and the disk in it'],
    ['vm=web01 vdi-params=name-label,physical-utilisation', 'How much room they take'],
  ],
  'vm-cd-list': [['vm=web01', 'Its CD drives and what is in them']],
  'vm-disk-add': [['vm=web01 disk-size=20GiB device=autodetect sr-uuid=nas', 'A new disk of 20 GiB; a running guest sees it at once']],
  'vm-disk-remove': [['vm=web01 device=1', 'The disk goes, with all that is on it']],
  'vm-cd-add': [['vm=web01 cd-name=debian-12.iso device=3', 'A drive with this CD in it']],
  'vm-cd-remove': [['vm=web01 cd-name=debian-12.iso', 'The drive goes']],
  'vm-cd-insert': [['vm=web01 cd-name=debian-12.iso', 'Into its empty drive']],
  'vm-cd-eject': [['vm=web01', 'The drive stays, empty']],
  'vm-vif-list': [['vm=web01', 'Its interfaces, with their networks']],
  'vm-copy-bios-strings': [['vm=win01 host-uuid=host1', 'For a Windows licence that belongs to the machine']],
  'vm-is-bios-customized': [['vm=win01', 'Says whose they are']],
  'vm-restart-device-models': [['vm=web01', 'The guest goes on, with the emulation that is installed now']],
  'vm-call-plugin': [['vm-uuid=win01 plugin=guest-agent-operation fn=request-rdp-on', 'Asks Windows to allow remote desktops']],
  'vm-set-uefi-mode': [['uuid=win01 mode=setup', 'For keys of your own']],
  'vm-get-secureboot-readiness': [['uuid=win01', 'Whether it could be turned on']],
  'vm-group-create': [['name-label=databases placement=anti-affinity', 'Its VMs start on different hosts']],
  'vm-group-destroy': [['uuid=databases', 'The VMs stay']],
  'vm-export': [
    ['vm=web01 filename=web01.xva compress=zstd', 'Disks and all, compressed'],
    ['vm=web01 filename=- | ssh store "cat > web01.xva"', 'To another machine, nothing kept here'],
    ['vm=web01 filename=web01.xva --metadata', 'The records alone'],
  ],
  'vm-import': [
    ['filename=web01.xva sr-uuid=nas', 'A new VM of the file, its disks on the SR nas'],
    ['filename=web01.xva --preserve', 'As it was, with its uuid and MAC addresses: a backup comes back'],
    ['filename=web01.xva --dry-run', 'Whether it would fit here'],
  ],
  'vm-recover': [
    [
      'uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 database:vdi-uuid=8c1d54f0-53a3-4f5e-8d6e-90b1f7d1a0aa',
      'After drtask-create, from the database on that disk',
    ],
  ],
  'vm-assert-can-be-recovered': [
    [
      'uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 database:vdi-uuid=8c1d54f0-53a3-4f5e-8d6e-90b1f7d1a0aa',
      'Whether everything that it needs is here',
    ],
  ],
  'vm-sysprep': [['vm=win01 filename=unattend.xml', 'Windows sets itself up by these answers at its next start']],
};
