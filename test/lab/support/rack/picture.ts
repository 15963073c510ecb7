// What is on a host's switch, as a text that is the same for two hosts whose switches are configured alike: rows by their names, without
// what is drawn by chance, and the rules of the guard bridge.

import { join } from 'node:path';
import { guardedVifKey, guardDevice, tapKey } from '../../../../src/drivers/network/ovs/guard/layout.ts';
import { tagOf } from '../../../../src/drivers/network/ovs/names.ts';
import { OvsdbClient } from '../../../../src/drivers/network/ovs/ovsdb-client.ts';
import { bridgeKey, externalId, roleKey } from '../../../../src/drivers/network/ovs/owner.ts';
import type { Columns, InterfaceRow, PortRow } from '../../../../src/drivers/network/ovs/rows.ts';
import { SwitchView } from '../../../../src/drivers/network/ovs/switch-view.ts';
import type { Racked } from './hosts.ts';
import type { RackHost } from './rack.ts';

/** Numbers follow the order in which ports came. */
const dropped = new Set(['ofport_request']);
const bare = (columns: Columns): unknown =>
  Object.fromEntries(
    Object.entries(columns)
      .filter(([name, value]) => !dropped.has(name) && value !== null && value !== false && value !== 0 && JSON.stringify(value) !== '{}')
      .map(
        ([name, value]) =>
          [name, typeof value === 'object' ? Object.entries(value ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)) : value] as const,
      ),
  );

/** The address of a VIF by its uuid: the tap's interface notes both. */
const macsOf = (interfaces: Iterable<InterfaceRow>): ReadonlyMap<string, string> =>
  new Map(
    [...interfaces].flatMap(row => {
      const [vif, mac] = [externalId(row, 'xs-vif-uuid'), externalId(row, 'attached-mac')];
      return vif === undefined || mac === undefined ? [] : [[vif, mac] as const];
    }),
  );

/** What a port with a drawn name is. */
const roleOf = (port: PortRow, first: InterfaceRow | undefined, macs: ReadonlyMap<string, string>): string | undefined => {
  const mac = first && externalId(first, 'attached-mac');
  if (mac !== undefined) return `tap ${mac}`;
  const [guarded, vif] = [externalId(port, guardedVifKey), externalId(port, 'xs-vif-uuid')];
  if (externalId(port, tapKey) !== undefined && vif !== undefined) return `outer ${macs.get(vif)}`;
  if (guarded !== undefined) return `inner ${macs.get(guarded)}`;
  const bond = externalId(port, 'xcp-bond');
  if (bond !== undefined) return bond;
  if (externalId(port, roleKey) === 'vlan') return externalId(port, bridgeKey);
  const options = first?.columns['options'];
  const remote = typeof options === 'object' && options !== null ? options['remote_ip'] : undefined;
  return typeof remote === 'string' ? `tunnel ${remote}` : undefined;
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
const escaped = (text: string): RegExp => new RegExp(text.replaceAll(/[.+]/g, String.raw`\$&`), 'g');

/** They stay as long as the host. */
const addresses = new WeakMap<RackHost, readonly string[]>();
const nicAddresses = async (host: RackHost): Promise<readonly string[]> => {
  const known = addresses.get(host);
  if (known !== undefined) return known;
  const files = host.nics.map(nic => `/sys/class/net/${nic}/address`);
  const read = (await host.space.run('cat', files)).trim().split('\n');
  addresses.set(host, read);
  return read;
};

interface PortPicture {
  readonly name: string;
  readonly [field: string]: unknown;
}
interface BridgePicture {
  readonly name: string;
  readonly columns: unknown;
  readonly ports: readonly PortPicture[];
}

/** Ports do not say how they work but for an error: that of a guest has no carrier while nobody opened it. */
export const switchPicture = async ({ host, hostd, address }: Racked): Promise<string> => {
  const client = await OvsdbClient.connect(join(host.ovs.rundir, 'db.sock'));
  try {
    const { bridges, ports, interfaces } = await SwitchView.follow(client);
    const tag = tagOf(hostd.host.folder);
    const macs = macsOf(interfaces.values());
    const aliases = new Map<string, string>([
      [tag, 'me'],
      [address, 'own address'],
    ]);
    for (const bridge of bridges.values()) aliases.set(bridge.name, externalId(bridge, bridgeKey) ?? bridge.name);
    const picture = [...bridges.values()].map(bridge => ({
      name: bridge.name,
      columns: bare(bridge.columns),
      ports: bridge.ports.flatMap(uuid => {
        const port = ports.get(uuid);
        if (port === undefined) return [];
        const rows = port.interfaces.flatMap(each => interfaces.get(each) ?? []);
        const role = roleOf(port, rows[0], macs);
        if (role !== undefined) aliases.set(port.name, role);
        return [
          {
            name: port.name,
            columns: bare(port.columns),
            interfaces: rows
              .map(row => ({
                name: row.name,
                columns: bare(row.columns),
                made: row.ofport !== undefined && row.ofport > 0,
                error: row.error,
              }))
              .toSorted(byName),
          },
        ];
      }),
    }));
    for (const [vif, mac] of macs) aliases.set(vif, `vif ${mac}`);
    for (const [i, mac] of (await nicAddresses(host)).entries()) aliases.set(mac, `nic ${i}`);
    const named = (text: string): string => {
      let told = text;
      for (const [name, alias] of aliases) told = told.replaceAll(escaped(name), alias);
      // Of a bridge on no NIC the address is drawn.
      return told
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid')
        .replaceAll(/"hwaddr","[0-9a-f:]{17}"/g, '"hwaddr","drawn"');
    };
    const same = (JSON.parse(named(JSON.stringify(picture))) as readonly BridgePicture[])
      .map(bridge => ({ ...bridge, ports: bridge.ports.toSorted(byName) }))
      .toSorted(byName);
    const guard = guardDevice(tag);
    const rules = [...bridges.values()].some(({ name }) => name === guard)
      ? await host.ovs.ofctl(['--names', '--no-stats', 'dump-flows', guard])
      : '';
    const taps = (await host.space.run('ls', ['/sys/class/net'])).split('\n').filter(name => name.startsWith('tap'));
    return [
      JSON.stringify(same, undefined, 1),
      ...named(rules.replaceAll(/cookie=0x[0-9a-f]+/g, 'cookie'))
        .split('\n')
        .map(line => line.trim())
        .toSorted(),
      `taps: ${taps.map(named).toSorted().join(', ')}`,
    ].join('\n');
  } finally {
    client.close();
  }
};
