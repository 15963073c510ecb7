// `network-show` and `bond-show` against records: what they draw, what they say, and that nothing a server may answer breaks them.

import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.ts';
import { readReports } from '../../../src/cli/network-map/bond-report.ts';
import { dotText } from '../../../src/cli/network-map/dot.ts';
import type { MapNode } from '../../../src/cli/network-map/node.ts';
import { svgText } from '../../../src/cli/network-map/svg.ts';
import { treeLines } from '../../../src/cli/network-map/tree.ts';
import { widthOf } from '../../../src/cli/render/width.ts';
import { XenError } from '../../../src/model/error.ts';
import { FakeServer, type Records } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const nothing = 'OpaqueRef:NULL';
const uuid = (n: number): string => `${String(n).padStart(8, '0')}-0000-0000-0000-000000000000`;

const pif = (n: number, device: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  uuid: uuid(n),
  device,
  host: 'R:h1',
  network: nothing,
  MAC: `02:00:00:00:00:${String(n).padStart(2, '0')}`,
  physical: true,
  currently_attached: true,
  metrics: `R:m${n}`,
  bond_slave_of: nothing,
  bond_master_of: [],
  VLAN_slave_of: [],
  tunnel_transport_PIF_of: [],
  IP: '',
  IPv6: [],
  ip_configuration_mode: 'None',
  ipv6_configuration_mode: 'None',
  management: false,
  ...more,
});

const network = (n: number, bridge: string, VIFs: readonly string[], PIFs: readonly string[] = []): Readonly<Record<string, unknown>> => ({
  uuid: uuid(100 + n),
  name_label: `net ${n}`,
  bridge,
  VIFs,
  PIFs,
});

const vif = (n: number, vm: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  uuid: uuid(200 + n),
  device: '0',
  VM: vm,
  MAC: `02:00:00:00:01:${String(n).padStart(2, '0')}`,
  currently_attached: true,
  status_code: 0,
  status_detail: '',
  locking_mode: 'network_default',
  ...more,
});

const vm = (name: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  uuid: uuid(300),
  name_label: name,
  power_state: 'Running',
  resident_on: 'R:h1',
  is_a_template: false,
  is_a_snapshot: false,
  guest_metrics: nothing,
  ...more,
});

const records: Records = {
  host: {
    'R:h1': { uuid: uuid(1), name_label: 'alpha', hostname: 'alpha.lab', address: '10.0.0.1' },
    'R:h2': { uuid: uuid(2), name_label: 'beta', address: '' },
  },
  PIF: {
    'R:p0': pif(10, 'eth0', {
      network: 'R:n0',
      IP: '10.0.0.1',
      IPv6: ['fd00::1/64'],
      management: true,
      ip_configuration_mode: 'Static',
      VLAN_slave_of: ['R:v7'],
      tunnel_transport_PIF_of: ['R:t1'],
    }),
    'R:p1': pif(11, 'eth1', { bond_slave_of: 'R:b', currently_attached: false }),
    'R:p2': pif(12, 'eth2', { bond_slave_of: 'R:b', currently_attached: false }),
    'R:p3': pif(13, 'bond0', { physical: false, bond_master_of: ['R:b'], network: 'R:n1', ip_configuration_mode: 'DHCP' }),
    'R:p4': pif(14, 'eth0', { physical: false, network: 'R:n2' }),
    'R:p5': pif(15, 'tunnel0', { physical: false, network: 'R:n3', currently_attached: false }),
    'R:p6': pif(16, 'eth10', { host: 'R:h2', network: 'R:n0', metrics: nothing }),
  },
  PIF_metrics: {
    'R:m10': { carrier: true, speed: 10_000 },
    'R:m11': { carrier: true, speed: 1000 },
    'R:m12': { carrier: false, speed: 0 },
  },
  Bond: { 'R:b': { uuid: uuid(50), master: 'R:p3', slaves: ['R:p2', 'R:p1'], mode: 'lacp', links_up: 1 } },
  VLAN: { 'R:v7': { uuid: uuid(60), tag: 7, tagged_PIF: 'R:p0', untagged_PIF: 'R:p4' } },
  tunnel: { 'R:t1': { uuid: uuid(61), protocol: 'vxlan', transport_PIF: 'R:p0', access_PIF: 'R:p5' } },
  network: {
    'R:n0': network(0, 'xenbr0', ['R:i0', 'R:i5']),
    'R:n1': network(1, 'xapi1', ['R:i1']),
    'R:n2': network(2, 'xapi2', ['R:i2', 'R:i3']),
    'R:n3': network(3, 'xapi3', []),
    'R:n4': network(4, 'xapi4', ['R:i4']),
  },
  VIF: {
    'R:i0': vif(0, 'R:web'),
    'R:i1': vif(1, 'R:db', { currently_attached: false }),
    'R:i2': vif(2, 'R:off'),
    'R:i3': vif(3, 'R:web', { device: '1', locking_mode: 'disabled' }),
    'R:i4': vif(4, 'R:far'),
    'R:i5': vif(5, 'R:template'),
  },
  VM: {
    'R:web': vm('web\u001b[2J', { guest_metrics: 'R:g' }),
    'R:db': vm('db'),
    'R:off': vm('off', { power_state: 'Halted', resident_on: nothing }),
    'R:far': vm('far', { resident_on: 'R:h2' }),
    'R:template': vm('template', { is_a_template: true }),
  },
  VM_guest_metrics: { 'R:g': { networks: { '0/ip': '10.0.0.9', '0/ipv4/0': '10.0.0.9', '0/ipv6/0': '2001:db8::9', '1/ip': '10.7.0.9' } } },
};

const report = [
  {
    bond: uuid(50),
    pif: uuid(13),
    device: 'bond0',
    mode: 'lacp',
    lacp: 'negotiated',
    fallback: false,
    members: [
      {
        device: 'eth1',
        carrier: true,
        speed_mbps: 1000,
        enabled: true,
        active: true,
        lacp: {
          state: 'current',
          attached: true,
          partner: { system_id: '02:aa:00:00:00:01', key: 4, port_id: 9, flags: ['synchronized'] },
        },
      },
      { device: 'eth2', carrier: false, speed_mbps: null, enabled: false, active: false, lacp: null },
    ],
    advice: ['eth2 has no link: check the cable, and that the port of the switch is enabled.'],
  },
];

const home = mkdtempSync(join(tmpdir(), 'xcp-map-'));
afterAll(() => rmSync(home, { recursive: true }));

const run = async (
  line: string,
  options: {
    readonly reports?: unknown;
    readonly neighbours?: unknown;
    readonly isTTY?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly programName?: string;
  } = {},
) => {
  const server = new FakeServer(records, {
    answer: ({ method, params }) => {
      if (method !== 'host.call_plugin') return undefined;
      const told = params[2] === 'lldp' ? options.neighbours : options.reports;
      if (told === undefined) throw new XenError('XENAPI_MISSING_PLUGIN', [String(params[2])]);
      if (params[2] === 'lldp') return JSON.stringify(params[1] === 'R:h1' ? told : { neighbours: [] });
      expect(params.slice(1)).toEqual(['R:h1', 'bond-status', 'show', {}]);
      return JSON.stringify(options.reports);
    },
  });
  const io = testIo({
    transport: server,
    env: { HOME: home, ...options.env },
    ...(options.isTTY === undefined ? {} : { isTTY: options.isTTY }),
  });
  const code = await runCli(line.split(' '), { ...io, programName: options.programName ?? 'xcp' });
  return { ...io.output, code };
};

describe('network-show', () => {
  test('draws each host from records alone', async () => {
    const { stdout, code } = await run('network-show');
    expect(stdout.split('\n')).toEqual([
      '✗ alpha  10.0.0.1',
      '├─ ▲ bond0  lacp  1 of 2 links up  02:00:00:00:00:13',
      '│  ├─ ● eth1  link 1 Gbit/s  02:00:00:00:00:11',
      '│  ├─ ✗ eth2  no link  02:00:00:00:00:12',
      '│  │      There is no link: check the cable, and that the port of the switch is enabled.',
      '│  └─ ▲ xapi1  "net 1"',
      '│     │   The host has no address here yet (DHCP).',
      '│     └─ ✗ db  vif 0  02:00:00:00:01:01',
      '│            The guest runs without this interface: plug it with vif-plug.',
      '└─ ● eth0  link 10 Gbit/s  02:00:00:00:00:10',
      '   └─ ● xenbr0  "net 0"  host 10.0.0.1 fd00::1  management',
      '      ├─ ● VLAN 7 xapi2  "net 2"',
      '      │  └─ ▲ web [2J  vif 1  10.7.0.9  disabled  02:00:00:00:01:03',
      '      │         Nothing passes: its locking mode is disabled.',
      '      ├─ ○ tunnel vxlan xapi3  "net 3"  not plugged',
      '      └─ ● web [2J  vif 0  10.0.0.9  2001:db8::9  02:00:00:00:01:00',
      '',
      '● beta',
      '├─ ● eth10  link unknown  02:00:00:00:00:16',
      '│  └─ ● xenbr0  "net 0"',
      '└─ ● xapi4  "net 4"  internal',
      '   └─ ● far  vif 0  02:00:00:00:01:04',
      '',
    ]);
    expect(code).toBe(0);
  });

  test('says what a host tells of its bonds', async () => {
    const { stdout } = await run('network-show host=alpha', { reports: report });
    expect(stdout).toContain('▲ bond0  lacp  LACP negotiated  1 of 2 links up');
    expect(stdout).toContain('│  │   eth2 has no link: check the cable');
    expect(stdout).toContain('● eth1  link 1 Gbit/s  used, active  LACP current, group 4');
    expect(stdout).not.toContain('beta');
  });

  test('says what a host hears of the switches', async () => {
    const heard = (n: number, more: object) => ({
      pif: uuid(n),
      device: 'eth',
      system: '',
      system_id: '',
      port: '',
      port_description: '',
      ...more,
    });
    const neighbours = [
      heard(10, { system: 'tor-1', system_id: '02:00:00:00:00:99', port: 'ge-0/0/1', port_description: 'to the host' }),
      heard(11, { system_id: '02:00:00:00:00:98', port: '02:00:00:00:00:97', port_description: 'port 4' }),
      heard(12, { port: 'nobody' }),
      'nonsense',
    ];
    const { stdout } = await run('network-show host=alpha', { neighbours: { neighbours } });
    expect(stdout).toContain('● eth0  link 10 Gbit/s  to tor-1 port ge-0/0/1  02:00:00:00:00:10');
    expect(stdout).toContain('● eth1  link 1 Gbit/s  to 02:00:00:00:00:98 port port 4  02:00');
    expect(stdout).toContain('✗ eth2  no link  02:00');
    for (const text of [{ neighbours: 7 }, [], null]) expect((await run('network-show', { neighbours: text })).code).toBe(0);
  });

  test('on a terminal no line is wider than it, and colour can be declined', async () => {
    const { stdout } = await run('network-show', { isTTY: true, env: { NO_COLOR: '1' } });
    expect(stdout).not.toContain('\u001b');
    for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80);
    expect((await run('network-show', { isTTY: true })).stdout).toContain('\u001b[31m');
  });

  test('as data, as a picture, for scripts', async () => {
    const json = JSON.parse((await run('network-show host=alpha -o json')).stdout);
    expect(json).toContainEqual(
      expect.objectContaining({ id: `PIF ${uuid(10)}`, on: `host ${uuid(1)}`, kind: 'nic', name: 'eth0', health: 'ok' }),
    );
    expect((await run('network-show -o dot')).stdout).toMatch(/^digraph network \{\n[^]*n0_1 -> n0_1_0;[^]*\}\n$/);
    expect((await run('network-show -o svg')).stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect((await run('network-show --minimal')).stdout).toContain(uuid(102));
  });

  test('names what is wrong with the question', async () => {
    expect(await run('network-show host=gamma')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Host gamma not found: there are alpha, beta'),
    });
    expect(await run('vm-list -o svg')).toMatchObject({ code: 2, stderr: expect.stringContaining('vm-list draws none') });
    expect(await run('network-show', { programName: 'xe' })).toMatchObject({ code: 1, stderr: expect.stringContaining('network-show') });
  });
});

describe('bond-show', () => {
  test('tells what is negotiated and what to do', async () => {
    const { stdout, code } = await run('bond-show', { reports: report });
    expect(stdout).toBe(
      [
        `bond0 (${uuid(50)}): lacp, negotiated; 1 of 2 links up`,
        'NIC   LINK            USED         LACP     PARTNER            GROUP  PORT  PARTNER SAYS',
        'eth1  up 1000 Mbit/s  yes, active  current  02:aa:00:00:00:01  4      9     synchronized',
        'eth2  down            no',
        '! eth2 has no link: check the cable, and that the port of the switch is enabled.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  test('of a server that does not tell it shows the records, and says so', async () => {
    const { stdout } = await run('bond-show bond0');
    expect(stdout).toContain('eth1  up 1000 Mbit/s\neth2  down\n');
    expect(stdout).toContain('This server does not tell what the partner says.');
  });

  test('takes a name, a uuid or a host, and refuses what is none', async () => {
    for (const words of ['bond-show bond0', `bond-show uuid=${uuid(50)}`, `bond-show ${uuid(50)}`, 'bond-show host=alpha'])
      expect(JSON.parse((await run(`${words} -o json`, { reports: report })).stdout)[0]).toMatchObject({ uuid: uuid(50), 'links-up': 1 });
    expect((await run('bond-show host=beta')).stdout).toBe('');
    expect(await run('bond-show bond7')).toMatchObject({ code: 1, stderr: 'Error: There is no bond bond7: bond-list shows all\n' });
    expect(await run('bond-show', { programName: 'xe' })).toMatchObject({ code: 1 });
  });
});

const anyNode = (depth: number): fc.Arbitrary<MapNode> =>
  fc.record({
    id: fc.string(),
    kind: fc.constantFrom('host', 'nic', 'bond', 'tunnel', 'network', 'vlan', 'guest', 'more'),
    name: fc.string({ unit: 'grapheme' }),
    details: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }),
    health: fc.constantFrom('ok', 'off', 'warn', 'bad'),
    faults: fc.array(fc.lorem(), { maxLength: 2 }),
    children: depth === 0 ? fc.constant([]) : fc.array(anyNode(depth - 1), { maxLength: 3 }),
  });
const node = anyNode(3);

describe('any map', () => {
  const count = ({ children }: MapNode): number => 1 + children.reduce((sum, child) => sum + count(child), 0);

  test('is a tree of no fewer lines than things', () => {
    fc.assert(fc.property(node, map => expect(treeLines(map, { colour: false, columns: 60 }).length).toBeGreaterThanOrEqual(count(map))));
  });

  test('is a picture with a box for each thing, and all text escaped', () => {
    fc.assert(
      fc.property(node, map => {
        const svg = svgText([map]);
        expect(svg.match(/<g>/g)).toHaveLength(count(map));
        expect(svg.replaceAll(/<\/?(svg|rect|path|g|text|title)\b[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(dotText([map]).match(/shape=/g)?.length).toBeGreaterThanOrEqual(count(map));
      }),
    );
  });
});

test('any answer of a plugin is taken without harm', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.jsonValue().map(value => JSON.stringify([value, { members: value, advice: value }])),
      ),
      answer => {
        for (const { members, advice } of readReports(answer))
          expect([Array.isArray(members), Array.isArray(advice)]).toEqual([true, true]);
      },
    ),
  );
});
