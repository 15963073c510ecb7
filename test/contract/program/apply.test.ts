// `xcp apply` through the program, against a host on the simulator: a whole pool out of one file, the same again without a change, and
// everything that cannot be told before anything is changed.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { poolFile } from '../../golden/recordings.ts';
import { type Outcome, runProgram, type SimulatedHost, startSimulatedHost } from '../../support/program.ts';

let folder: string;
let host: SimulatedHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-apply-'));
  // The recorded host has four interfaces.
  host = await startSimulatedHost(folder, ['--records', poolFile('B')]);
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const xcp = (args: readonly string[], stdin = ''): Promise<Outcome> =>
  runProgram(args, { env: { XCP_SERVER: host.server, HOME: folder }, cwd: folder, stdin });

const apply = async (text: string, ...more: readonly string[]): Promise<Outcome> => {
  await writeFile(join(folder, 'pool.yaml'), text);
  return await xcp(['apply', '-f', 'pool.yaml', ...more]);
};

/** One value of one object. */
const get = async (...args: readonly string[]): Promise<string> => (await xcp([...args, '--minimal'])).stdout.trim();

/** What a later call would tell of any change. */
const generation = async (): Promise<string> => {
  const classes = ['network', 'bond', 'vlan', 'pif', 'sr', 'vm', 'vbd', 'vif', 'vdi'];
  const lists = await Promise.all(classes.map(cls => xcp([`${cls}-list`, 'params=all', '-o', 'json'])));
  // How long a guest has been running is no change of the pool.
  return lists
    .map(({ stdout }) => stdout.replaceAll(/"(memory-actual|VCPUs-utilisation|guest-metrics-last-updated)": [^\n]*/g, ''))
    .join('\n');
};

/** Until the guest has told of itself: what it tells is no change of ours either. */
const untilHeard = async (name: string): Promise<void> => {
  const said = await xcp(['vm-list', `name-label=${name}`, 'PV-drivers-up-to-date=true', '--wait', '--timeout', '20']);
  expect([said.stderr, said.exit]).toEqual(['', 0]);
};

const pool = (changed: Readonly<Record<string, string>> = {}): string => {
  const { memory = '1GiB', size = '10GiB', network = 'backup', power = 'running', tags = 'a, b' } = changed;
  return `networks:
  - name: backup
    description: Backup traffic
    mtu: 9000
    tags: [${tags}]
    other-config: { team: ops }
bonds:
  - network: trunk
    members: [eth2, eth3]
    mode: lacp
    properties: { hashing_algorithm: src_mac }
vlans:
  - { network: office, tag: 100, on: eth1 }
  - { network: "lab-{tag}", tag: 200-239, on: trunk }
srs:
  - name: shelf
    type: ext
    device-config: { device: /dev/sdz }
    default: true
vms:
  - name: web1
    template: Other install media
    description: A web server
    memory: ${memory}
    vcpus: 2
    tags: [web]
    disks:
      - { size: ${size} }
      - { size: 1GiB, device: 4, name: data, sr: shelf }
    nics:
      - { network: office, mac: "02:00:00:12:34:56" }
      - { network: ${network}, locking: locked, ipv4-allowed: [192.0.2.5] }
    power: ${power}
`;
};

test('a dry run prints what would be done, and does nothing', async () => {
  const before = await generation();
  const said = await apply(pool(), '--dry-run');
  expect(said).toMatchObject({ exit: 0, stderr: '' });
  expect(said.stdout).toContain('+ bond trunk\n    + members: eth2, eth3\n    + mode: lacp\n    + properties:hashing_algorithm: src_mac\n');
  expect(said.stdout).toMatch(/\n87 to create, 0 to change, 0 as declared\.\n$/);
  expect(await generation()).toBe(before);
});

test('a file makes the pool, and applied again changes nothing', async () => {
  const said = await apply(pool());
  expect(said.stderr).toBe('');
  expect(said.stdout).toMatch(/\n87 done, 0 as declared\.\n$/);
  expect(await get('vlan-list')).toMatch(/^([0-9a-f-]{36},){40}[0-9a-f-]{36}$/);
  expect(await get('vm-list', 'name-label=web1', 'params=power-state')).toBe('running');
  await untilHeard('web1');
  expect(await get('vm-list', 'name-label=web1', 'params=memory-static-max')).toBe(String(1024 ** 3));
  expect(await get('vif-list', 'vm-name-label=web1', 'device=0', 'params=MAC')).toBe('02:00:00:12:34:56');
  expect(await get('vdi-list', 'name-label=data', 'params=virtual-size')).toBe(String(1024 ** 3));
  expect(await get('network-list', 'name-label=backup', 'params=MTU')).toBe('9000');
  const after = await generation();
  const again = await apply(pool());
  expect(again).toEqual({ exit: 0, stderr: '', stdout: '0 done, 45 as declared.\n' });
  expect(await generation()).toBe(after);
});

test('what takes a halted VM is refused while it runs, and nothing else is done either', async () => {
  const before = await generation();
  const said = await apply(pool({ memory: '2GiB', tags: 'a, c' }));
  expect(said.exit).toBe(1);
  expect(said.stdout).toBe('');
  expect(said.stderr).toBe(
    'pool.yaml:24:13: vms[0].memory: the VM web1 is running: memory is changed only while it is halted\nNothing was changed.\n',
  );
  expect(await generation()).toBe(before);
});

test('a changed file changes what differs, in an order that works', async () => {
  const changed = { memory: '2GiB', size: '20GiB', network: 'lab-200', power: 'halted', tags: 'a, c' };
  const planned = await apply(pool(changed), '--dry-run');
  expect(planned.stdout).toBe(`~ network backup
    ~ tags: a, b -> a, c
~ VM web1
    ~ power: running -> halted
    ~ memory: 1 GiB -> 2 GiB
    ~ disk 0 size: 10 GiB -> 20 GiB
    ~ nic 1: backup -> lab-200
0 to create, 2 to change, 43 as declared.
`);
  expect(await apply(pool(changed))).toMatchObject({ exit: 0, stderr: '' });
  expect(await apply(pool(changed))).toMatchObject({ exit: 0, stdout: '0 done, 45 as declared.\n' });
  expect(await apply(pool({ ...changed, power: 'running' }))).toMatchObject({ exit: 0, stderr: '' });
  expect(await get('vm-list', 'name-label=web1', 'params=power-state')).toBe('running');
  await untilHeard('web1');
});

test('what cannot be is told before anything is changed, all of it, by line', async () => {
  const before = await generation();
  const text = `networks:
  - name: never made
srs:
  - { name: shelf, type: nfs }
  - { name: odd, type: holographic }
bonds:
  - { network: other, members: [eth0, eth2] }
  - { network: third, members: [eth8, eth9] }
vlans:
  - { network: backup, tag: 100, on: eth1 }
  - { network: x, tag: 5, on: eth3 }
  - { network: range, tag: 5-6, on: eth1 }
vms:
  - name: web1
    template: Other install media
    disks: [{ size: 1GiB, sr: odd }]
    nics: [{ network: nowhere }, { network: office, mac: "02:00:00:00:00:01" }]
  - { name: web2, template: No such }
`;
  const said = await apply(text, '-o', 'json');
  expect(said.exit).toBe(2);
  expect(said.stdout).toBe('');
  expect(said.stderr.split('\n').map(line => line.replace(/^pool\.yaml:(\d+):\d+: /, '$1 '))).toEqual([
    '4 srs[0].type: the SR shelf is of type ext: a type cannot be changed',
    expect.stringMatching(/^5 srs\[1\]\.type: the pool has no storage driver for holographic: there are .*nfs/),
    expect.stringMatching(/^7 bonds\[0\]\.members: on host \S+ there is a bond of eth2, eth3: destroy it first$/),
    expect.stringMatching(/^8 bonds\[1\]\.members: host \S+ has no interface eth8, eth9$/),
    expect.stringMatching(/^10 vlans\[0\]\.network: on host \S+ tag 100 of eth1 carries the network office$/),
    '11 vlans[1].on: eth3 is a member of the bond of network trunk: say on: trunk',
    '12 vlans[2].network: the networks of a range need {tag} in their name',
    '16 vms[0].disks[0].size: the disk at device 0 has 20 GiB: disks grow, they never shrink',
    '16 vms[0].disks[0].sr: the disk at device 0 is on the SR shelf: move it with xcp vdi-pool-migrate, or vdi-copy',
    '17 vms[0].nics[0].network: there is no network called nowhere',
    expect.stringMatching(/^17 vms\[0\]\.nics\[1\]\.mac: the interface 1 has the address \S+: an address cannot be changed in place$/),
    '18 vms[1].template: there is no template called No such: see xcp template-list',
    'Nothing was changed.',
    '',
  ]);
  expect(await generation()).toBe(before);
});

test('secrets of storage are not shown', async () => {
  await writeFile(join(folder, 'secret.txt'), 'a-very-secret-word\n');
  const said = await apply(
    `srs:\n  - { name: s, type: iso, device-config: { location: //a/b, cifspassword-filename: ${join(folder, 'secret.txt')}, chappassword: other-secret } }\n`,
    '--dry-run',
  );
  expect(said.stdout).toContain('    + device-config:cifspassword: (hidden)\n    + device-config:chappassword: (hidden)\n');
  expect(`${said.stdout}${said.stderr}`).not.toMatch(/a-very-secret-word|other-secret/);
});

test('what fails on the server is named, the rest is done, and the VM that failed leaves nothing behind', async () => {
  const text = `networks: [{ name: fine }]\nvms:\n  - { name: good, template: Other install media, memory: 1GiB }\n  - { name: bad, template: Other install media, memory: 1GiB, disks: [{ size: 1GiB }, { size: 2000TiB }] }\n`;
  const said = await apply(text, '-o', 'json');
  expect(said.exit).toBe(8);
  expect(said.stderr).toContain('2 done, 1 failed, 0 not begun. Apply the file again to go on.');
  const outcomes: readonly { name: string; outcome: string; error: string | null }[] = JSON.parse(said.stdout);
  expect(outcomes.map(({ name, outcome }) => `${name} ${outcome}`).toSorted()).toEqual(['bad failed', 'fine done', 'good done']);
  expect(await get('vm-list', 'name-label=bad')).toBe('');
  expect(await get('template-list', 'name-label=bad')).toBe('');
  expect(await get('vdi-list', 'name-label=bad 0')).toBe('');
});

test('a program called xe has no such command', async () => {
  const said = await runProgram(['apply', '-f', 'pool.yaml'], {
    env: { XCP_SERVER: host.server, HOME: folder },
    cwd: folder,
    called: 'xe',
  });
  expect(said).toMatchObject({ exit: 1, stdout: '' });
});
