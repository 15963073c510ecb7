// `vif-create`: a network interface for a VM.

import { randomBytes } from 'node:crypto';
import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const create: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const vm = await byUuid(session, 'VM', args.text('vm-uuid'));
  const mac = args.get('mac') ?? '';
  const vif = await session.call('VIF.create', {
    args: {
      device: args.text('device'),
      network,
      VM: vm,
      MAC: mac === 'random' ? randomMac() : mac,
      MTU: await session.call('network.get_MTU', { self: network }),
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
      locking_mode: 'network_default',
      ipv4_allowed: [],
      ipv6_allowed: [],
    },
  });
  out.lines([await uuidOf(session, 'VIF', vif)]);
};

/** Locally administered, unicast. */
const randomMac = (): string => {
  const [first = 0, ...rest] = randomBytes(6);
  return [(first & 0xfc) | 0x02, ...rest].map(byte => byte.toString(16).padStart(2, '0')).join(':');
};
