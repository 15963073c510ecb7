// VLANs and tunnels. Both print the PIF that they made, not themselves.

import { isXenError } from '../../../model/error.ts';
import type { Handler } from '../../context.ts';
import { parseChoice } from '../../args.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const create: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const vlan = await session.call('VLAN.create', { tagged_PIF: pif, tag: args.int('vlan'), network });
  out.lines([await uuidOf(session, 'PIF', await session.call('VLAN.get_untagged_PIF', { self: vlan }))]);
};

/** Takes the uuid of the VLAN or of its PIF. */
export const destroy: Handler = async ({ args, session: open }) => {
  const session = await open();
  const uuid = args.text('uuid');
  try {
    await session.call('VLAN.destroy', { self: await byUuid(session, 'VLAN', uuid) });
  } catch (error) {
    if (!isXenError(error, 'UUID_INVALID')) throw error;
    const [pif] = await session.call('PIF.get_all_where', { expr: `field "uuid"="${uuid.replaceAll('"', '')}"` });
    if (pif === undefined) throw error;
    await session.call('PIF.destroy', { self: pif });
  }
};

export const createTunnel: Handler = async ({ args, out, session: open }) => {
  const protocol = parseChoice(args.get('protocol') ?? 'gre', ['gre', 'vxlan']) === 'vxlan' ? 'vxlan' : 'gre';
  const session = await open();
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const tunnel = await session.call('tunnel.create', { transport_PIF: pif, network, protocol });
  out.lines([await uuidOf(session, 'PIF', await session.call('tunnel.get_access_PIF', { self: tunnel }))]);
};
