// Appliances: VMs that start and stop together.

import { bool, ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'appliance-create': { summary: 'Make an appliance.', required: ['name-label'], optional: ['name-description'] },
  'appliance-destroy': {
    summary: 'Remove an appliance; its VMs stay.',
    required: ['uuid'],
    call: { message: 'VM_appliance.destroy', args: [ref('uuid', 'VM_appliance')] },
  },
  'appliance-start': {
    summary: 'Start the VMs of an appliance in their order.',
    required: ['uuid'],
    optional: ['paused'],
    call: { message: 'VM_appliance.start', args: [ref('uuid', 'VM_appliance'), bool('paused')] },
  },
  'appliance-shutdown': {
    summary: 'Shut the VMs of an appliance down in their order.',
    required: ['uuid'],
    optional: ['force'],
    call: { message: 'VM_appliance.clean_shutdown', forced: 'VM_appliance.hard_shutdown', args: [ref('uuid', 'VM_appliance')] },
  },
  'appliance-recover': {
    summary: 'Take an appliance over from the database of another pool.',
    required: ['uuid'],
    optional: ['database:', 'force'],
  },
  'appliance-assert-can-be-recovered': {
    summary: 'Check whether an appliance of another pool could be taken over.',
    required: ['uuid'],
    optional: ['database:'],
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'appliance-create': async () => (await import('../run/class/create.ts')).appliance,
  'appliance-recover': async () => (await import('../run/vm/recover.ts')).recoverAppliance,
  'appliance-assert-can-be-recovered': async () => (await import('../run/vm/recover.ts')).assertAppliance,
};
