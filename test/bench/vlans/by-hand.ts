// The floor of every VLAN figure: one OVSDB transaction, written by hand, with the same ports as hostd's, and the wait until the switch
// has applied it.

import { join } from 'node:path';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mapOf, namedUuid, numberOf, setOf, uuidOf, uuidsOf } from '../../../src/wire/ovsdb.ts';
import type { RackHost } from '../../lab/support/rack/rack.ts';
import { OvsdbClient } from '../../../src/drivers/network/ovs/ovsdb-client.ts';

const bump: readonly JsonObject[] = [
  { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
  { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
];

const rowsOf = (result: JsonObject | undefined): readonly JsonObject[] => {
  const rows = result?.['rows'];
  return Array.isArray(rows) ? rows.filter((row): row is JsonObject => typeof row === 'object' && row !== null && !Array.isArray(row)) : [];
};

/** One switch, followed by hand. */
export class HandSwitch {
  readonly #client: OvsdbClient;
  #curCfg = 0;
  #wake: () => void = () => undefined;

  private constructor(client: OvsdbClient) {
    this.#client = client;
  }

  static async connect(rundir: string): Promise<HandSwitch> {
    const self = new HandSwitch(await OvsdbClient.connect(join(rundir, 'db.sock')));
    await self.#client.monitor('by-hand', { Open_vSwitch: ['cur_cfg'] }, updates => {
      const table = updates['Open_vSwitch'];
      for (const change of Object.values(typeof table === 'object' && table !== null ? table : {}))
        for (const row of Object.values(typeof change === 'object' && change !== null ? change : {}))
          if (typeof row === 'object' && row !== null && 'cur_cfg' in row) self.#curCfg = numberOf(row['cur_cfg']) ?? 0;
      self.#wake();
    });
    return self;
  }

  close(): void {
    this.#client.close();
  }

  /** Resolves when the switch has it. */
  async #apply(operations: readonly JsonObject[]): Promise<void> {
    const results = await this.#client.transact([...operations, ...bump]);
    const wanted = numberOf(rowsOf(results.at(-1))[0]?.['next_cfg']) ?? 0;
    while (this.#curCfg < wanted)
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
  }

  async idle(): Promise<void> {
    await this.#apply([]);
  }

  async addBridge(bridge: string, nic: string): Promise<void> {
    await this.#apply([
      { op: 'insert', table: 'Interface', 'uuid-name': 'i0', row: { name: bridge, type: 'internal' } },
      { op: 'insert', table: 'Port', 'uuid-name': 'p0', row: { name: bridge, interfaces: namedUuid('i0') } },
      { op: 'insert', table: 'Interface', 'uuid-name': 'i1', row: { name: nic } },
      { op: 'insert', table: 'Port', 'uuid-name': 'p1', row: { name: nic, interfaces: namedUuid('i1') } },
      {
        op: 'insert',
        table: 'Bridge',
        'uuid-name': 'b',
        row: { name: bridge, datapath_type: 'netdev', fail_mode: 'standalone', ports: setOf([namedUuid('p0'), namedUuid('p1')]) },
      },
      { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', setOf([namedUuid('b')])]] },
    ]);
  }

  /** Fake bridges with the columns that hostd writes. */
  async addVlans(bridge: string, tags: readonly number[]): Promise<void> {
    const operations = tags.flatMap((tag): JsonObject[] => [
      { op: 'insert', table: 'Interface', 'uuid-name': `i${tag}`, row: { name: `v${tag}`, type: 'internal', mtu_request: 1500 } },
      {
        op: 'insert',
        table: 'Port',
        'uuid-name': `p${tag}`,
        row: {
          name: `v${tag}`,
          tag,
          fake_bridge: true,
          interfaces: namedUuid(`i${tag}`),
          external_ids: mapOf({ 'xs-network-uuids': `00000000-0000-4000-8000-00000000${tag}`, 'by-hand': 'true' }),
        },
      },
    ]);
    const ports = setOf(tags.map(tag => namedUuid(`p${tag}`)));
    await this.#apply([
      ...operations,
      { op: 'mutate', table: 'Bridge', where: [['name', '==', bridge]], mutations: [['ports', 'insert', ports]] },
    ]);
  }

  async removeVlans(bridge: string): Promise<void> {
    const [found] = await this.#client.transact([
      { op: 'select', table: 'Port', where: [['external_ids', 'includes', mapOf({ 'by-hand': 'true' })]], columns: ['_uuid'] },
    ]);
    const uuids = rowsOf(found).flatMap(row => uuidsOf(row['_uuid']));
    const mutations = [['ports', 'delete', setOf(uuids.map(uuidOf))]];
    await this.#apply([{ op: 'mutate', table: 'Bridge', where: [['name', '==', bridge]], mutations }]);
  }
}

/** Resolves when the host's switch has applied what is in its database. */
export const untilIdle = async ({ ovs }: RackHost): Promise<void> => {
  const by = await HandSwitch.connect(ovs.rundir);
  await by.idle();
  by.close();
};
