// Lines to type: templates, snapshots, appliances, consoles.

import type { Examples } from './form.ts';

export const groups: Examples = {
  'template-export': [['template-uuid=golden filename=golden.xva compress=zstd', 'To a file that vm-import reads']],
  'template-uninstall': [['template-uuid=golden', 'Shows what will go, and asks']],
  'template-list': [['params=name-label', 'What vm-install can start from']],
  'template-param-set': [['uuid=golden name-description="Debian 12, hardened" other-config:team=web', 'Describe it']],
  'snapshot-list': [
    ['snapshot-of=web01', 'The snapshots of one VM'],
    ['-o table --select name-label,snapshot-time', 'When each was made'],
  ],
  'snapshot-revert': [['uuid="before the update"', 'The VM is as it was then; what came after is lost']],
  'snapshot-clone': [['uuid="before the update" new-name-label=web01-old', 'A VM beside it, in a moment']],
  'snapshot-copy': [['uuid="before the update" new-name-label=web01-old sr-uuid=nas', 'A VM beside it, on another SR']],
  'snapshot-destroy': [['uuid="before the update"', 'The record goes, the disks stay']],
  'snapshot-uninstall': [['uuid="before the update" --force', 'Disks and all, without the question']],
  'snapshot-disk-list': [['uuid="before the update"', 'The disks that it keeps']],
  'snapshot-reset-powerstate': [['uuid="before the update" --force', 'For one that seems to be suspended']],
  'snapshot-export-to-template': [['snapshot-uuid=golden filename=golden.xva', 'For a pool that makes VMs of it']],
  'appliance-create': [['name-label=shop', 'Then vm-param-set appliance=, order= and start-delay= say who comes when']],
  'appliance-start': [['uuid=shop', 'In their order']],
  'appliance-shutdown': [['uuid=shop', 'In the reverse order']],
  'appliance-recover': [
    [
      'uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 database:vdi-uuid=8c1d54f0-53a3-4f5e-8d6e-90b1f7d1a0aa',
      'After drtask-create, from the database on that disk',
    ],
  ],
  'appliance-assert-can-be-recovered': [
    [
      'uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 database:vdi-uuid=8c1d54f0-53a3-4f5e-8d6e-90b1f7d1a0aa',
      'Whether everything that it needs is here',
    ],
  ],
  console: [
    ['vm=web01', 'Its text console; Ctrl-] ends'],
    ['uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11', 'By uuid'],
  ],
  'console-list': [['vm-name-label=web01', 'Its consoles, and where they are']],
  'vmss-create': [
    [
      'name-label=nightly type=snapshot frequency=daily schedule:hour=2 schedule:min=30 retained-snapshots=7',
      'At half past two, a week is kept',
    ],
  ],
};
