// Carries a batch of wishes out: one transaction, the wait until the switch has it, a look at each interface. When the database refuses a
// transaction, halves find the guilty one, and only that fails.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { numberOf } from '../../../wire/ovsdb.ts';
import { DriverError } from '../../hypervisor.ts';
import { blamedFor } from '../desired.ts';
import type { Settled } from '../gather.ts';
import { type Batch, type Outcome, planBatch, type Wish } from './changes.ts';
import type { Connection } from './connection.ts';
import { OvsdbError } from './ovsdb-client.ts';

export type Failures = ReadonlyMap<string, DriverError>;

const none: Failures = new Map();

export const bumpConfiguration: readonly JsonObject[] = [
  { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
  { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
];

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const nextCfgOf = (results: readonly JsonObject[]): number => {
  const rows = results.at(-1)?.['rows'];
  const [row] = Array.isArray(rows) ? rows : [];
  return isObject(row) ? (numberOf(row['next_cfg']) ?? 0) : 0;
};

const interfacesOf = (outcome: Outcome): readonly string[] => {
  switch (outcome.kind) {
    case 'planned':
      return outcome.interfaces;
    case 'state':
      return [...outcome.interfaces.keys()];
    case 'refused':
      return [];
    default:
      return outcome satisfies never;
  }
};

/** Why each interface that does not work does not. */
const brokenInterfaces = ({ view }: Connection): ReadonlyMap<string, string> => {
  const rows = [...view.interfaces.values()].filter(({ ofport, error }) => error !== undefined || ofport === undefined || ofport === -1);
  return new Map(rows.map(({ name, error }) => [name, error ?? 'it gave no reason; its log may say more']));
};

const cannotMake = (name: string, reason: string | undefined): DriverError =>
  new DriverError('failed', `the switch could not make ${name}: ${reason ?? 'it gave no reason'}`);

const settle = (outcome: Outcome, broken: ReadonlyMap<string, string>): Settled<Failures> => {
  switch (outcome.kind) {
    case 'refused':
      return { ok: false, error: outcome.error };
    case 'planned': {
      const failed = outcome.interfaces.find(name => broken.has(name));
      return failed === undefined ? { ok: true, value: none } : { ok: false, error: cannotMake(failed, broken.get(failed)) };
    }
    case 'state': {
      const failures = new Map(outcome.failures);
      for (const [name, blamed] of outcome.interfaces)
        if (broken.has(name) && !failures.has(blamed)) failures.set(blamed, cannotMake(name, broken.get(name)));
      return { ok: true, value: failures };
    }
    default:
      return outcome satisfies never;
  }
};

/** The batch and `more` in one transaction, then `after`. Locked VIFs that it moves are closed first, and until the end. */
const submit = async (
  { client, rules }: Connection,
  { operations, leaving }: Batch,
  more: readonly JsonObject[],
  after: (results: readonly JsonObject[]) => Promise<void> = async () => undefined,
): Promise<void> => {
  try {
    if (leaving.length > 0) await rules.leave(leaving);
    await after(await client.transact([...operations, ...more]));
  } finally {
    rules.stay(leaving);
  }
};

/** A switch at rest answers in some ms. Devices cost the kernel tens of ms each, and hundreds go or come at once. */
const [restTimeoutMs, portTimeoutMs] = [30_000, 100];

/** Waits until the switch has it, at the least what is in its database already. */
const submitAndWait = async (connection: Connection, batch: Batch): Promise<void> => {
  const { client, view } = connection;
  const devices = new Set(batch.outcomes.flatMap(interfacesOf));
  const timeoutMs = restTimeoutMs + portTimeoutMs * Math.max(view.ports.size, batch.operations.length);
  await submit(connection, batch, bumpConfiguration, results => view.untilApplied(client, nextCfgOf(results), devices, timeoutMs));
};

const transact = async (connection: Connection, batch: Batch): Promise<void> => {
  if (batch.operations.length > 0) await submitAndWait(connection, batch);
};

/** What the switch could not make on demand does not stay in its database either. A state's own wishes stay. */
const withdraw = async (connection: Connection, wishes: readonly Wish[]): Promise<void> => {
  const undo = wishes.flatMap((wish): Wish[] => {
    if (wish.kind === 'port') return [{ kind: 'no-port', vifId: wish.port.id }];
    return wish.kind === 'bridge' ? [{ kind: 'no-bridge', bridge: wish.spec.bridge }] : [];
  });
  if (undo.length === 0) return;
  const batch = planBatch(connection.view, connection.host, undo);
  if (batch.operations.length > 0) await submit(connection, batch, bumpConfiguration);
};

const refusedBy = (error: OvsdbError): DriverError => new DriverError('failed', error.message, { cause: error });

/** A state whose transaction is refused: which of its networks is it? The others are made. */
const bisectState = async (connection: Connection, wish: Extract<Wish, { kind: 'state' }>): Promise<Settled<Failures>> => {
  const { view, host } = connection;
  const guilty = new Map<string, DriverError>();
  const attempt = async (bridges: readonly string[]): Promise<void> => {
    const options = { ...wish.options, only: new Set(bridges) };
    try {
      const batch = planBatch(view, host, [{ ...wish, options }]);
      if (batch.operations.length > 0) await submit(connection, batch, []);
    } catch (error) {
      if (!(error instanceof OvsdbError)) throw error;
      const [only, ...more] = bridges;
      if (only === undefined) throw refusedBy(error);
      if (more.length === 0) return void guilty.set(only, refusedBy(error));
      const half = bridges.length >> 1;
      await attempt(bridges.slice(0, half));
      await attempt(bridges.slice(half));
    }
  };
  const { networks } = wish.desired;
  // What VLANs are on comes before them.
  const below = networks.filter(({ uplink }) => uplink.kind !== 'vlan').map(({ bridge }) => bridge);
  await attempt(below);
  await attempt(networks.flatMap(({ bridge, uplink }) => (uplink.kind === 'vlan' ? [bridge] : [])));
  const spared = new Set(guilty.keys());
  const batch = planBatch(view, host, [{ ...wish, options: { ...wish.options, spared } }]);
  // At the least it waits until the switch has what the halves brought.
  await submitAndWait(connection, batch);
  const [outcome] = batch.outcomes;
  const settled: Settled<Failures> = outcome ? settle(outcome, brokenInterfaces(connection)) : { ok: true, value: none };
  if (!settled.ok) return settled;
  const failures = new Map(settled.value);
  for (const network of networks) {
    const error = guilty.get(network.bridge);
    if (error) failures.set(blamedFor(network), error);
  }
  return { ok: true, value: failures };
};

/** Settles each wish. Rejects when the switch as a whole does not answer. */
export const commit = async (connection: Connection, wishes: readonly Wish[]): Promise<readonly Settled<Failures>[]> => {
  if (wishes.length === 0) return [];
  const { view, host } = connection;
  const batch = planBatch(view, host, wishes);
  try {
    await transact(connection, batch);
  } catch (error) {
    // A transaction is atomic: nothing of it was done.
    if (!(error instanceof OvsdbError)) throw error;
    const [first, ...more] = wishes;
    if (first && more.length === 0)
      return [first.kind === 'state' ? await bisectState(connection, first) : { ok: false, error: refusedBy(error) }];
    const half = wishes.length >> 1;
    return [...(await commit(connection, wishes.slice(0, half))), ...(await commit(connection, wishes.slice(half)))];
  }
  const broken = brokenInterfaces(connection);
  const settled = batch.outcomes.map(outcome => settle(outcome, broken));
  await withdraw(
    connection,
    wishes.filter((_, i) => batch.outcomes[i]?.kind === 'planned' && settled[i]?.ok === false),
  );
  return settled;
};
