// The destination's side: a paused QEMU that waits for memory and itself exports its disks, so that one process owns each image from the
// first byte on and nothing is handed over. It never runs the guest before it is told to.

import { createServer } from 'node:net';
import type { JsonObject } from '../../../../lib/json.ts';
import { DriverError, type GuestMigration, type GuestSpec, type ReceiveOptions } from '../../../hypervisor.ts';
import { queryMigration, queryRunState } from '../../qmp/answers.ts';
import { activeNode } from '../../qmp/blocks.ts';
import type { Guest } from '../guest.ts';
import { guestState } from '../guest.ts';
import { makeHandle } from '../handle.ts';
import { shortKey } from '../../qmp/nodes.ts';
import type { Power } from '../power.ts';
import type { GuestRegistry } from '../registry.ts';
import { installCredentials, memoryTls, nbdServerTls, removeCredentials } from './credentials.ts';
import { capabilities, streamParameters } from './stream.ts';
import { encodeTicket, uriOf } from './ticket.ts';

const PORT_TRIES = 8;
/** A mirror, and one more that comes before a broken one was noticed. */
const CONNECTIONS_PER_DISK = 4;

/** A port nobody listens on now. QEMU's NBD server does not tell which port it was given, so it cannot choose itself. */
const freePort = (address: string): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', (cause: Error) => reject(new DriverError('bad-config', `cannot listen on ${address}: ${cause.message}`, { cause })));
  server.listen({ host: address, port: 0 }, () => {
    const bound = server.address();
    server.close(() => resolve(bound !== null && typeof bound === 'object' ? bound.port : 0));
  });
  return promise;
};

const serveDisks = async (guest: Guest, options: ReceiveOptions, count: number): Promise<number> => {
  for (let left = PORT_TRIES; ; left -= 1) {
    const port = await freePort(options.address);
    const addr = { type: 'inet', data: { host: options.address, port: String(port) } };
    try {
      await guest.monitor.execute('nbd-server-start', {
        addr,
        'max-connections': count * CONNECTIONS_PER_DISK,
        ...nbdServerTls(options.tls),
      });
      return port;
    } catch (error) {
      const isTaken = error instanceof DriverError && /in use/.test(error.message);
      if (!isTaken || left <= 1) throw error;
    }
  }
};

const openExports = async (guest: Guest, spec: GuestSpec): Promise<Readonly<Record<string, string>>> => {
  const names: Record<string, string> = {};
  for (const disk of writableDisks(spec)) {
    const name = shortKey(disk.id);
    const node = await activeNode(guest, disk.id);
    await guest.monitor.execute('block-export-add', { type: 'nbd', id: `export-${name}`, 'node-name': node, name, writable: true });
    names[disk.id] = name;
  }
  return names;
};

const writableDisks = (spec: GuestSpec): GuestSpec['disks'] => spec.disks.filter(disk => disk.kind === 'disk' && !disk.readOnly);

const listen = async (guest: Guest, spec: GuestSpec, options: ReceiveOptions): Promise<JsonObject> => {
  const { monitor } = guest;
  if (options.tls !== undefined) await installCredentials(guest, 'server', options.tls);
  await monitor.execute('migrate-set-capabilities', capabilities({ compression: options.compression, pauses: true }));
  await monitor.execute('migrate-set-parameters', { ...streamParameters(options.compression), ...memoryTls(options.tls) });
  const nbdPort = await serveDisks(guest, options, Math.max(1, writableDisks(spec).length));
  const disks = await openExports(guest, spec);
  await monitor.execute('migrate-incoming', { uri: uriOf({ host: options.address, port: 0 }) });
  const { port } = await queryMigration(monitor);
  if (port === undefined) throw new DriverError('failed', 'QEMU does not tell where it waits for memory');
  return encodeTicket({ memory: { host: options.address, port }, nbd: { host: options.address, port: nbdPort }, disks });
};

const stopServing = async (guest: Guest): Promise<void> => {
  try {
    await guest.monitor.execute('nbd-server-stop');
  } catch (error) {
    if (!(error instanceof DriverError) || !/not running/.test(error.message)) throw error;
  }
  await removeCredentials(guest);
};

export const createReceiver = (
  registry: GuestRegistry,
  power: Power,
  accelerator: () => Promise<'kvm' | 'tcg'>,
): Pick<GuestMigration, 'receive' | 'received' | 'activate'> => ({
  async receive(spec, options) {
    const handle = makeHandle({ spec, accelerator: await accelerator(), incoming: true });
    const guest = await registry.launch(handle, new AbortController().signal);
    guest.quiet = true;
    try {
      return await listen(guest, spec, options);
    } catch (error) {
      await power.destroy(spec.id);
      throw error;
    }
  },

  async received(id, { signal }) {
    const guest = await registry.get(id);
    const arrived = async (): Promise<true | undefined> => {
      const { status, errorText } = await queryMigration(guest.monitor);
      if (status === 'failed') throw new DriverError('unreachable', `the guest's memory did not arrive: ${errorText}`);
      return status === 'completed' ? true : undefined;
    };
    try {
      await guest.monitor.until(['MIGRATION'], arrived, signal);
      await stopServing(guest);
    } catch (error) {
      if (!guest.monitor.isClosed) throw error;
      throw await registry.endedError(guest, 'the guest’s memory did not arrive', error);
    }
  },

  async activate(id, { paused }) {
    const guest = await registry.get(id);
    const state = guestState(await queryRunState(guest.monitor));
    if (state === 'incoming') throw new DriverError('bad-state', 'the guest has not arrived yet');
    if (!paused && state !== 'running') await guest.monitor.execute('cont');
    guest.quiet = false;
  },
});
