// A pool file against its schema: what is wrong with it, all at once, by line and path.

import { expect, test } from '@jest/globals';
import { checkFile } from '../../../../src/cli/run/apply/check.ts';
import { problemText, readDocument } from '../../../../src/cli/run/apply/document.ts';
import { poolSchema } from '../../../../src/cli/run/apply/schema.ts';

const check = async (text: string) => {
  const read = await readDocument(text);
  return read.kind === 'wrong' ? read : checkFile(read.root, poolSchema);
};

const problemsOf = async (text: string): Promise<readonly string[]> => {
  const result = await check(text);
  return result.kind === 'wrong' ? result.problems.map(problem => problemText('pool.yaml', problem)) : [];
};

test('everything that is wrong is told, with its place', async () => {
  const text = `networks:
  - nmae: x
    mtu: big
  - name: [1]
vlans:
  - { network: v, tag: 4095, on: eth0 }
  - { network: v, tag: 20-10, on: eth0 }
vms:
  - name: v
    template: t
    memory: much
    power: suspended
    disks: 3
    nics: [{ device: 0 }]
surprise: 1
`;
  expect(await problemsOf(text)).toEqual([
    'pool.yaml:2:5: networks[0].nmae: there is no such key: did you mean name?',
    'pool.yaml:3:10: networks[0].mtu: takes a number from 68 to 65535',
    'pool.yaml:2:5: networks[0]: needs name',
    'pool.yaml:4:11: networks[1].name: takes a text',
    'pool.yaml:6:24: vlans[0].tag: takes a number from 0 to 4094, or a range such as 100-199',
    'pool.yaml:7:24: vlans[1].tag: takes a number from 0 to 4094, or a range such as 100-199',
    'pool.yaml:11:13: vms[0].memory: takes a size, such as 512MiB or 10GiB',
    'pool.yaml:12:12: vms[0].power: takes one of running, halted',
    'pool.yaml:13:12: vms[0].disks: takes a list: begin each with -',
    'pool.yaml:14:12: vms[0].nics[0]: needs network',
    'pool.yaml:15:1: surprise: there is no such key: there are networks, bonds, vlans, srs, vms',
  ]);
});

test.each([
  ['what is no YAML', 'networks: [', /^pool\.yaml:1:12: not YAML: /],
  ['a list', '- name: x\n', /^pool\.yaml:1:1: takes keys: networks, bonds/],
  ['an alias, which could grow without end', 'networks: [&a { name: x }, *a]\n', /^pool\.yaml:1:28: networks\[1\]: aliases are not taken/],
  ['what is nested without end', `networks: ${'['.repeat(60)}${']'.repeat(60)}\n`, /nested too deeply/],
])('%s is refused', async (_what, text, message) => {
  const [first] = await problemsOf(text);
  expect(first).toMatch(message);
});

test.each([
  ['nothing', ''],
  ['sections with nothing in them', 'networks:\nvms: []\n'],
])('%s declares nothing', async (_what, text) => {
  expect((await check(text)).kind).toBe('good');
});

test('values come as their types', async () => {
  const result = await check(
    'networks: [{ name: 100, mtu: 9000, tags: [1, x], other-config: { a: 1, b: true } }]\nvlans: [{ network: "v{tag}", tag: 5-7, on: eth0 }]\nvms: [{ name: v, template: t, memory: 1.5GiB }]\n',
  );
  expect(result).toMatchObject({ kind: 'wrong', problems: [{ place: { path: 'vms[0].memory' } }] });
  const good = await check(
    'networks: [{ name: 0100, mtu: 9000, tags: [1, x], other-config: { a: 1, b: true } }]\nvlans: [{ network: "v{tag}", tag: 5-7, on: eth0 }]\n',
  );
  expect(good).toMatchObject({
    kind: 'good',
    value: {
      networks: [{ name: '0100', mtu: 9000, tags: ['1', 'x'], 'other-config': { a: '1', b: 'true' } }],
      vlans: [{ network: 'v{tag}', tag: { first: 5, last: 7 }, on: 'eth0' }],
    },
  });
});
