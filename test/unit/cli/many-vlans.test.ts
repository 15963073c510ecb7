// Ranges of VLANs on servers that only know them one by one: the same is there at the end, or nothing of it.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { XenError } from '../../../src/model/error.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

type Row = Record<string, unknown>;
const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A pool of two hosts with a NIC each on one network, as xapi keeps it. */
class OldPool {
  readonly records = {
    PIF: {
      'OpaqueRef:a0': { uuid: uuid(1), device: 'eth0', host: 'a', network: 'OpaqueRef:n0', VLAN: -1 },
      'OpaqueRef:b0': { uuid: uuid(2), device: 'eth7', host: 'b', network: 'OpaqueRef:n0', VLAN: -1 },
      'OpaqueRef:a1': { uuid: uuid(3), device: 'eth1', host: 'a', network: 'OpaqueRef:n1', VLAN: -1 },
    } as Record<string, Row>,
    VLAN: {} as Record<string, Row>,
    network: {
      'OpaqueRef:n0': { uuid: uuid(4), name_label: 'wire', MTU: 9000, VIFs: [], other_config: {}, PIFs: ['OpaqueRef:a0', 'OpaqueRef:b0'] },
      'OpaqueRef:n1': { uuid: uuid(5), name_label: 'other', MTU: 1500, VIFs: [], other_config: {}, PIFs: ['OpaqueRef:a1'] },
    } as Record<string, Row>,
    VIF: {} as Record<string, Row>,
  };
  readonly server: FakeServer;
  #last = 10;
  /** What is refused: the tag of a VLAN, or the method that does not work any more. */
  refused: number | string | undefined;

  constructor() {
    this.server = new FakeServer(this.records, { answer: request => this.#answer(request) });
  }

  calls(method: string): number {
    return this.server.requests.filter(request => request.method === method).length;
  }

  #row(cls: 'PIF' | 'VLAN' | 'network', ref: unknown): Row {
    const row = this.records[cls][String(ref)];
    if (row === undefined) throw new XenError('HANDLE_INVALID', [cls, String(ref)]);
    return row;
  }

  #fresh(cls: 'PIF' | 'VLAN' | 'network', fields: Row): string {
    this.#last += 1;
    const ref = `OpaqueRef:${this.#last}`;
    this.records[cls][ref] = { uuid: uuid(this.#last), ...fields };
    return ref;
  }

  #pifs(network: unknown): string[] {
    return this.#row('network', network)['PIFs'] as string[];
  }

  #makeVlan(below: unknown, tag: unknown, network: unknown): string {
    if (tag === this.refused) throw new XenError('VLAN_TAG_INVALID', [String(tag)]);
    const { device, host } = this.#row('PIF', below);
    const twin = Object.values(this.records.VLAN).some(vlan => vlan['tagged_PIF'] === below && vlan['tag'] === tag);
    if (twin) throw new XenError('PIF_VLAN_EXISTS', [String(device)]);
    const pif = this.#fresh('PIF', { device, host, network, VLAN: tag });
    this.#pifs(network).push(pif);
    return this.#fresh('VLAN', { tagged_PIF: below, untagged_PIF: pif, tag });
  }

  #dropVlan(ref: unknown): string {
    const { untagged_PIF: pif } = this.#row('VLAN', ref);
    const pifs = this.#pifs(this.#row('PIF', pif)['network']);
    pifs.splice(pifs.indexOf(String(pif)), 1);
    delete this.records.PIF[String(pif)];
    delete this.records.VLAN[String(ref)];
    return '';
  }

  #answer({ method, params: [, first, second, third] }: RpcRequest): unknown {
    if (method === this.refused) throw new XenError('HOST_STILL_BOOTING');
    switch (method) {
      case 'network.create':
        return this.#fresh('network', { ...(first as Row), PIFs: [], VIFs: [] });
      case 'network.destroy':
        if (this.#pifs(first).length > 0) throw new XenError('NETWORK_CONTAINS_PIF', this.#pifs(first));
        delete this.records.network[String(first)];
        return '';
      case 'network.get_by_name_label':
        return Object.entries(this.records.network).flatMap(([ref, row]) => (row['name_label'] === first ? [ref] : []));
      case 'VLAN.create':
        return this.#makeVlan(first, second, third);
      case 'VLAN.destroy':
        return this.#dropVlan(first);
      case 'PIF.destroy':
        return this.#dropVlan(Object.entries(this.records.VLAN).find(([, vlan]) => vlan['untagged_PIF'] === first)?.[0]);
      case 'pool.create_VLAN_from_PIF':
        return this.#pifs(this.#row('PIF', first)['network']).map(
          below => this.#row('VLAN', this.#makeVlan(below, third, second))['untagged_PIF'],
        );
      default:
        return undefined;
    }
  }

  /** Tags by device, names of networks: what people would look at. */
  get picture(): unknown {
    const vlans = Object.values(this.records.VLAN).map(({ tagged_PIF: below, untagged_PIF: above, tag }) => {
      const network = this.#row('network', this.#row('PIF', above)['network']);
      return `${String(this.#row('PIF', below)['device'])}.${String(tag)} ${String(network['name_label'])}`;
    });
    return { vlans: vlans.toSorted(), networks: Object.values(this.records.network).map(({ name_label: name }) => name) };
  }
}

let pool: OldPool;
const run = async (...words: readonly string[]) => {
  const io = testIo({ transport: pool.server, env: { HOME: '/nonexistent' } });
  const code = await runCli(words, { ...io, programName: 'xcp' });
  return { code, ...io.output };
};
const create = (...words: readonly string[]) => run('vlan-create', `pif-uuid=${uuid(1)}`, ...words);
const destroy = (...words: readonly string[]) => run('vlan-destroy', `pif-uuid=${uuid(1)}`, ...words);

beforeEach(() => {
  pool = new OldPool();
});

describe('a range on one PIF', () => {
  test('is made tag by tag, with networks of the size of the one below, and told in order', async () => {
    const { code, stdout, stderr } = await create('vlan=12,5-7', 'network=net-%d');
    expect([code, stderr]).toEqual([0, '']);
    expect(pool.picture).toEqual({
      vlans: ['eth0.12 net-12', 'eth0.5 net-5', 'eth0.6 net-6', 'eth0.7 net-7'],
      networks: ['wire', 'other', 'net-12', 'net-5', 'net-6', 'net-7'],
    });
    const tagOf = (of: string) => Object.values(pool.records.PIF).find(row => row['uuid'] === of)?.['VLAN'];
    expect(stdout.trim().split('\n').map(tagOf)).toEqual([12, 5, 6, 7]);
    expect(Object.values(pool.records.network).map(({ MTU: mtu }) => mtu)).toEqual([9000, 1500, 9000, 9000, 9000, 9000]);
    // The better way was tried first.
    expect(pool.calls('xcp.vlan_create_many')).toBe(1);
  });

  test('of which one is refused leaves nothing', async () => {
    const before = pool.picture;
    pool.refused = 7;
    expect(await create('vlan=5-9', 'network=net-%d')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('7') });
    expect(pool.picture).toEqual(before);
  });

  test('a tag that is there is refused, or with --if-missing told', async () => {
    const [only = ''] = (await create('vlan=6', 'network=six')).stdout.trim().split('\n');
    const before = pool.picture;
    expect(await create('vlan=5-7', 'network=net-%d')).toMatchObject({ code: 1, stderr: expect.stringContaining('eth0') });
    expect(pool.picture).toEqual(before);
    const told = await create('vlan=5-7', 'network=net-%d', '--if-missing');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout.trim().split('\n')).toHaveLength(3);
    expect(told.stdout.split('\n')[1]).toBe(only);
    expect(await create('vlan=5-7', 'network=net-%d', '--if-missing')).toEqual(told);
    expect(pool.picture).toMatchObject({ vlans: ['eth0.5 net-5', 'eth0.6 six', 'eth0.7 net-7'] });
  });

  test('a network of the name is in the way, but with --if-missing it is used', async () => {
    pool.records.network['OpaqueRef:n9'] = { uuid: uuid(9), name_label: 'net-5', MTU: 1500, VIFs: [], PIFs: [], other_config: {} };
    expect(await create('vlan=5-6', 'network=net-%d')).toMatchObject({ code: 1, stderr: expect.stringContaining('net-5') });
    expect(await create('vlan=5-6', 'network=net-%d', '--if-missing')).toMatchObject({ code: 0 });
    expect(pool.picture).toMatchObject({ networks: ['wire', 'other', 'net-5', 'net-6'] });
  });
});

describe('a range on all hosts', () => {
  const everywhere = (...words: readonly string[]) => run('pool-vlan-create', `pif-uuid=${uuid(1)}`, ...words);

  test('is made on the PIFs of the network, whatever they are called, and goes from all of them', async () => {
    const { code, stdout } = await everywhere('vlan=5-6', 'network=net-%d');
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 4]);
    expect(pool.picture).toMatchObject({ vlans: ['eth0.5 net-5', 'eth0.6 net-6', 'eth7.5 net-5', 'eth7.6 net-6'] });
    expect(await destroy('vlan=5-6', '--all-hosts')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(pool.picture).toEqual({ vlans: [], networks: ['wire', 'other'] });
  });

  test('what one host lacks is added to the network that the others have', async () => {
    await create('vlan=5', 'network=mine');
    expect(await everywhere('vlan=5-6', 'network=net-%d', '--if-missing')).toMatchObject({ code: 0, stderr: '' });
    expect(pool.picture).toMatchObject({ vlans: ['eth0.5 mine', 'eth0.6 net-6', 'eth7.5 mine', 'eth7.6 net-6'] });
  });
});

describe('a range that shall go', () => {
  beforeEach(() => create('vlan=5-8', 'network=net-%d'));

  test('goes with the networks that were made for it, and no others', async () => {
    pool.records.network['OpaqueRef:n9'] = { uuid: uuid(9), name_label: 'kept', MTU: 1500, VIFs: [], PIFs: [], other_config: {} };
    await run('vlan-create', `pif-uuid=${uuid(1)}`, 'vlan=9', `network-uuid=${uuid(9)}`);
    expect(await destroy('vlan=5-7,9')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(pool.picture).toEqual({ vlans: ['eth0.8 net-8'], networks: ['wire', 'other', 'net-8', 'kept'] });
  });

  test('stays whole where a tag is not there, unless that is allowed', async () => {
    const before = pool.picture;
    expect(await destroy('vlan=7-9')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no VLAN 9 on eth0') });
    expect(pool.picture).toEqual(before);
    expect(await destroy('vlan=7-9', '--if-present')).toMatchObject({ code: 0 });
    expect(pool.picture).toMatchObject({ vlans: ['eth0.5 net-5', 'eth0.6 net-6'] });
  });

  test('stays whole where a guest is on one of them', async () => {
    const before = pool.picture;
    pool.records.VIF['OpaqueRef:v'] = { uuid: uuid(99), currently_attached: true };
    for (const network of Object.values(pool.records.network)) if (network['name_label'] === 'net-8') network['VIFs'] = ['OpaqueRef:v'];
    expect(await destroy('vlan=5-8')).toMatchObject({ code: 1, stderr: expect.stringContaining(uuid(99)) });
    expect(pool.picture).toEqual(before);
  });

  test('that stops half way says how far it came', async () => {
    let left = 2;
    const request = pool.server.request.bind(pool.server);
    pool.server.request = async (asked: RpcRequest) => {
      if (asked.method === 'VLAN.destroy' && left-- === 0) pool.refused = 'VLAN.destroy';
      return await request(asked);
    };
    const { code, stderr } = await destroy('vlan=5-8');
    expect(code).toBe(1);
    expect(stderr).toContain('2 of the 4 VLANs are removed, the others are there still.');
    expect(pool.picture).toMatchObject({ vlans: ['eth0.7 net-7', 'eth0.8 net-8'] });
  });
});
