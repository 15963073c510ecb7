// PCI devices.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pci-enable-dom0-access': {
    summary: 'Let the host use a PCI device again.',
    required: ['uuid'],
    call: { message: 'PCI.enable_dom0_access', args: [ref('uuid', 'PCI')], prints: 'text' },
  },
  'pci-disable-dom0-access': {
    summary: 'Keep a PCI device from the host.',
    required: ['uuid'],
    call: { message: 'PCI.disable_dom0_access', args: [ref('uuid', 'PCI')], prints: 'text' },
  },
  'pci-get-dom0-access-status': {
    summary: 'Show whether the host may use a PCI device.',
    required: ['uuid'],
    call: { message: 'PCI.get_dom0_access_status', args: [ref('uuid', 'PCI')], prints: 'text' },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
