// Moving simulated guests, with the same states and refusals as a real driver has.

import type { JsonObject } from '../../../lib/json.ts';
import { DriverError, type GuestMigration, type SendOptions } from '../../hypervisor.ts';
import { openReception, reach, type Reception } from './link.ts';
import type { Fault, Transfer } from './transfer.ts';
import type { World } from './world.ts';

const socketOf = (ticket: JsonObject): string => {
  const socketPath = ticket['socketPath'];
  if (ticket['driver'] !== 'sim' || typeof socketPath !== 'string')
    throw new DriverError('bad-config', 'the destination’s ticket is not one of this hypervisor');
  return socketPath;
};

export interface SimMigrationParts {
  readonly world: World;
  readonly fault: Fault;
  readonly transfer: Transfer;
  readonly now: () => number;
}

export interface SimMigration extends GuestMigration {
  /** Ends the waiting for a guest that is destroyed. */
  readonly forget: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const createSimMigration = ({ world, fault, transfer, now }: SimMigrationParts): SimMigration => {
  const receptions = new Map<string, Reception>();

  const requireSending = async (id: string, wanted: readonly string[], action: string): Promise<void> => {
    const { sending } = await world.get(id);
    if (!wanted.includes(sending)) throw new DriverError('bad-state', `${action}: the guest's migration is at "${sending}"`);
  };

  const send = async (id: string, method: string, ticket: JsonObject, bytes: number, options: SendOptions): Promise<void> => {
    await fault(`migration.${method}`, id, options.signal);
    await reach(socketOf(ticket), { say: false, signal: options.signal });
    await transfer(bytes, options);
  };

  return {
    async receive(spec) {
      await fault('migration.receive', spec.id);
      await world.add({ spec, state: 'incoming', startedAtMs: now(), vcpus: spec.vcpusAtStartup, memoryBytes: spec.memoryTargetBytes });
      const reception = await openReception(spec.id);
      receptions.set(spec.id, reception);
      return { driver: 'sim', socketPath: reception.socketPath };
    },

    async sendDisks(id, ticket, options) {
      await requireSending(id, ['no', 'disks'], 'sendDisks');
      const { spec } = await world.get(id);
      const bytes = spec.disks.reduce((sum, disk) => sum + (disk.source?.sizeBytes ?? 0), 0);
      await send(id, 'sendDisks', ticket, bytes, options);
      await world.change(id, { sending: 'disks' });
    },

    async sendMemory(id, ticket, options) {
      await requireSending(id, ['no', 'disks'], 'sendMemory');
      await send(id, 'sendMemory', ticket, (await world.get(id)).memoryBytes, options);
      await world.change(id, { sending: 'stopped', state: 'paused' });
    },

    async handOver(id, ticket, { signal }) {
      await fault('migration.handOver', id, signal);
      await requireSending(id, ['stopped'], 'handOver');
      await reach(socketOf(ticket), { say: true, signal });
      const { memoryBytes } = await world.change(id, { sending: 'handed-over', state: 'migrated' });
      return { downtimeMs: 1, memoryBytes };
    },

    async received(id, { signal }) {
      await fault('migration.received', id, signal);
      const guest = await world.get(id);
      if (guest.arrived) return;
      const reception = receptions.get(id);
      if (reception === undefined) throw new DriverError('unreachable', 'the connection to the source was lost');
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.race([reception.arrival, aborted.promise]);
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
      await reception.close();
      receptions.delete(id);
      await world.change(id, { arrived: true, state: 'paused' });
    },

    async activate(id, { paused }) {
      await fault('migration.activate', id);
      const guest = await world.get(id);
      if (guest.state === 'incoming') throw new DriverError('bad-state', 'the guest has not arrived yet');
      if (!paused && guest.state !== 'running') await world.change(id, { state: 'running' });
    },

    async cancel(id, { resume }) {
      await fault('migration.cancel', id);
      const guest = await world.get(id);
      const state = resume ? 'running' : guest.state === 'migrated' ? 'paused' : guest.state;
      await world.change(id, { sending: 'no', state });
    },

    async forget(id) {
      await receptions.get(id)?.close();
      receptions.delete(id);
    },

    async close() {
      await Promise.all([...receptions.values()].map(reception => reception.close()));
      receptions.clear();
    },
  };
};
