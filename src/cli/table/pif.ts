// Physical network interfaces.

import { bool, choice, ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pif-unplug': { summary: 'Bring a PIF down.', required: ['uuid'], call: { message: 'PIF.unplug', args: [ref('uuid', 'PIF')] } },
  'pif-plug': { summary: 'Bring a PIF up.', required: ['uuid'], call: { message: 'PIF.plug', args: [ref('uuid', 'PIF')] } },
  'pif-reconfigure-ip': {
    summary: 'Set the IPv4 address of a PIF.',
    required: ['uuid', 'mode'],
    optional: ['IP', 'netmask', 'gateway', 'DNS'],
    call: {
      message: 'PIF.reconfigure_ip',
      args: [
        ref('uuid', 'PIF'),
        choice('mode', ['None', 'DHCP', 'Static']),
        text('IP', ''),
        text('netmask', ''),
        text('gateway', ''),
        text('DNS', ''),
      ],
    },
  },
  'pif-reconfigure-ipv6': {
    summary: 'Set the IPv6 address of a PIF.',
    required: ['uuid', 'mode'],
    optional: ['IPv6', 'gateway', 'DNS'],
    call: {
      message: 'PIF.reconfigure_ipv6',
      args: [
        ref('uuid', 'PIF'),
        choice('mode', ['None', 'DHCP', 'Static', 'Autoconf']),
        text('IPv6', ''),
        text('gateway', ''),
        text('DNS', ''),
      ],
    },
  },
  'pif-set-primary-address-type': {
    summary: 'Set whether IPv4 or IPv6 is the main address.',
    required: ['uuid', 'primary_address_type'],
    call: { message: 'PIF.set_primary_address_type', args: [ref('uuid', 'PIF'), choice('primary_address_type', ['IPv4', 'IPv6'])] },
  },
  'pif-scan': {
    summary: 'Look for new network interfaces.',
    required: ['host-uuid'],
    call: { message: 'PIF.scan', args: [ref('host-uuid', 'host')] },
  },
  'pif-introduce': {
    summary: 'Make the record of a network interface.',
    required: ['host-uuid', 'device'],
    optional: ['mac', 'managed'],
    call: {
      message: 'PIF.introduce',
      args: [ref('host-uuid', 'host'), text('mac', ''), text('device'), bool('managed', true)],
      prints: { uuidOf: 'PIF' },
    },
  },
  'pif-forget': { summary: 'Forget a network interface.', required: ['uuid'], call: { message: 'PIF.forget', args: [ref('uuid', 'PIF')] } },
  'pif-db-forget': {
    summary: 'Forget a network interface in the database only.',
    required: ['uuid'],
    help: 'hidden',
    call: { message: 'PIF.db_forget', args: [ref('uuid', 'PIF')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
