// The network interfaces of a VM that is declared: each by its device.

import type { Ref } from '../../../lib/brand.ts';
import type { Doing } from './perform.ts';
import { DEFAULT_MTU } from './networks.ts';
import { change, type Part, type Planning, sameMembers, wrong } from './plan.ts';
import type { DeclaredNic, DeclaredVm } from './schema.ts';
import { type Found, named } from './state.ts';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** `found` is the VM, or the template that it is made from. */
export const nicParts = (planning: Planning, declared: DeclaredVm, found: Found<'VM'>): readonly Part[] => {
  const [, vm] = found;
  const seen = new Set<number>();
  return (declared.nics ?? []).flatMap((nic, i): readonly Part[] => {
    const device = nic.device ?? i;
    if (seen.has(device)) wrong(planning, nic.at('device'), `device ${device} is declared twice`);
    seen.add(device);
    if (nic.mac !== undefined && !MAC.test(nic.mac))
      wrong(planning, nic.at('mac'), 'an address is six pairs of hexadecimal digits: 02:00:00:12:34:56');
    if (!networkIsThere(planning, nic)) return [];
    const vif = vm.VIFs.find(ref => planning.state.get('VIF', ref)?.device === String(device));
    const record = vif && planning.state.get('VIF', vif);
    return vif === undefined || record === undefined
      ? [newNic(nic, device)]
      : knownNic(planning, nic, { device, vif: [vif, record], isNew: vm.is_a_template });
  });
};

const networkIsThere = (planning: Planning, { network, at }: DeclaredNic): boolean => {
  if (planning.coming.network.has(network)) return true;
  const found = named(planning.state, 'network', network).length;
  if (found !== 1)
    wrong(planning, at('network'), found === 0 ? `there is no network called ${network}` : `${found} networks are called ${network}`);
  return found === 1;
};

const newNic = (nic: DeclaredNic, device: number): Part => {
  const { network, mac, locking } = nic;
  const [ipv4, ipv6] = [nic['ipv4-allowed'] ?? [], nic['ipv6-allowed'] ?? []];
  const details = [network, mac, locking, ...ipv4, ...ipv6].filter(each => each !== undefined);
  return {
    changes: [change(`nic ${device}`, undefined, details.join(', '))],
    run: async ({ session, ref }, vm) => {
      const to = await ref('network', network);
      const mtu = await session.call('network.get_MTU', { self: to });
      const vif = await session.raw('VIF.create', [
        {
          device: String(device),
          network: to,
          VM: vm,
          MAC: mac ?? '',
          MTU: Number.isSafeInteger(mtu) ? mtu : DEFAULT_MTU,
          other_config: {},
          qos_algorithm_type: '',
          qos_algorithm_params: {},
          locking_mode: locking ?? 'network_default',
          ipv4_allowed: ipv4,
          ipv6_allowed: ipv6,
        },
      ]);
      if ((await session.raw('VM.get_power_state', [vm])) === 'Running') await session.raw('VIF.plug', [vif]);
    },
  };
};

interface KnownNic {
  readonly device: number;
  readonly vif: Found<'VIF'>;
  /** It is one of the template, of which the new VM gets its own. */
  readonly isNew: boolean;
}

const knownNic = (planning: Planning, nic: DeclaredNic, { device, vif: [ref, record], isNew }: KnownNic): readonly Part[] => {
  const { network, mac, locking } = nic;
  const [ipv4, ipv6] = [nic['ipv4-allowed'], nic['ipv6-allowed']];
  if (mac !== undefined && !isNew && mac.toLowerCase() !== record.MAC.toLowerCase())
    wrong(planning, nic.at('mac'), `the interface ${device} has the address ${record.MAC}: an address cannot be changed in place`);
  const find = async (doing: Doing, vm: string): Promise<unknown> => (isNew ? await nicAt(doing, vm, device) : ref);
  const now = planning.state.get('network', record.network);
  const known = now?.name_label === network || now?.uuid === network;
  const part = (field: string, changes: Part['changes'], value: (doing: Doing) => Promise<unknown>, message: string): Part => ({
    changes: changes.map(each => ({ ...each, field: `nic ${device}${field}` })),
    run: async (doing, vm) => void (await doing.session.raw(message, [await find(doing, vm), await value(doing)])),
  });
  const allowed = (field: string, from: readonly string[], to: readonly string[] | undefined, message: string): Part =>
    part(field, to === undefined || sameMembers(from, to) ? [] : [change('', from.join(', '), to.join(', '))], async () => to, message);
  return [
    part('', known ? [] : [change('', now?.name_label ?? '', network)], ({ ref: refOf }) => refOf('network', network), 'VIF.move'),
    part(
      ' locking',
      locking === undefined || locking === record.locking_mode ? [] : [change('', record.locking_mode, locking)],
      async () => locking,
      'VIF.set_locking_mode',
    ),
    allowed(' ipv4-allowed', record.ipv4_allowed, ipv4, 'VIF.set_ipv4_allowed'),
    allowed(' ipv6-allowed', record.ipv6_allowed, ipv6, 'VIF.set_ipv6_allowed'),
  ];
};

const nicAt = async ({ session }: Doing, vm: string, device: number): Promise<Ref<'VIF'> | undefined> => {
  const vifs = await session.raw('VM.get_VIFs', [vm]);
  for (const vif of Array.isArray(vifs) ? vifs : [])
    if ((await session.raw('VIF.get_device', [vif])) === String(device)) return vif as Ref<'VIF'>;
  return undefined;
};
