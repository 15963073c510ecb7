// The destination's side: the disks are exported, and xl waits for the guest's memory with this host's own configuration, whatever the stream says. The
// stream's last record, at which xl opens the disks, is given to it once the exports have closed them. What has arrived stays paused.

import type { Socket } from 'node:net';
import { untilAborted } from '../../../../lib/until-aborted.ts';
import { STREAM_END, XenStreamFollower } from '../../../../wire/xen-stream.ts';
import { ZeroUnpacker } from '../../../../wire/zero-runs.ts';
import { DriverError, type GuestMigration, type GuestSpec, type ReceiveOptions } from '../../../hypervisor.ts';
import { shortKey } from '../../qmp/nodes.ts';
import { xlConfig } from '../config.ts';
import { assertUnused } from '../claims.ts';
import { imagesOf, MAKING, unpauseDomain } from '../domain.ts';
import { XenGuest } from '../guest.ts';
import { makeHandle, writeHandle } from '../handle.ts';
import { xenPaths } from '../paths.ts';
import type { XenRegistry } from '../registry.ts';
import { installVifScript } from '../vif-script.ts';
import { xlError } from '../xl-errors.ts';
import { listenForPeer, type PeerServer } from './channel.ts';
import { type DiskExport, openExport } from './exports.ts';
import { bind, consume, passOn } from './pipes.ts';
import { encodeTicket } from './ticket.ts';

const CONNECT_MS = 20_000;

/** $1: the configuration. xl opens its file by name, which a pipe allows and a socket does not. */
const RESTORE = 'cat | exec xl restore -p -e "$1" /dev/stdin >&2';

class Receiving {
  readonly guest: XenGuest;
  readonly exports: DiskExport[] = [];
  server: PeerServer | undefined;
  readonly #arrival = Promise.withResolvers<void>();
  readonly #registry: XenRegistry;
  readonly #closing = new AbortController();
  #isArriving = false;
  #socket: Socket | undefined;
  #restoring: Promise<void> = Promise.resolve();

  constructor(registry: XenRegistry, guest: XenGuest) {
    this.#registry = registry;
    this.guest = guest;
    this.#arrival.promise.catch(() => undefined);
  }

  /** Settles when the guest is here, paused, or will not come. */
  get arrival(): Promise<void> {
    return this.#arrival.promise;
  }

  serve(purpose: string, socket: Socket): void {
    const [kind, name = ''] = purpose.split(' ');
    const disk = kind === 'disk' ? this.exports.find(each => each.name === name) : undefined;
    if (disk !== undefined) return void this.#serveDisk(disk, socket).catch(() => socket.destroy());
    if (kind !== 'memory' || this.#isArriving) return void socket.destroy();
    this.#isArriving = true;
    this.#socket = socket;
    this.#restoring = this.#inTurn(() => this.#arrive(socket)).then(this.#arrival.resolve, (error: unknown) => {
      socket.destroy();
      this.#arrival.reject(error);
    });
  }

  async #serveDisk(disk: DiskExport, socket: Socket): Promise<void> {
    bind(socket, await this.#registry.dom0.connect(disk.socketPath, AbortSignal.timeout(CONNECT_MS)));
  }

  /** xl would wait for other domains that are being made, and keep others waiting. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = await this.#registry.turns.acquire([MAKING], this.guest.id, { signal: this.#closing.signal });
    try {
      await work();
    } finally {
      done();
    }
  }

  async #arrive(socket: Socket): Promise<void> {
    const { guest } = this;
    const { dom0 } = this.#registry;
    await dom0.writeText(guest.paths.config, xlConfig(guest.handle.spec, guest.paths), 0o600);
    await installVifScript(dom0, guest.paths);
    const xl = await dom0.converse('sh', ['-c', RESTORE, 'xcp-receive', guest.paths.config]);
    const [unpacker, follower] = [new ZeroUnpacker(), new XenStreamFollower()];
    const failed = new AbortController();
    xl.ended.catch((error: unknown) => failed.abort(xlError('receiving the guest’s memory', error)));
    try {
      const end = await consume(
        socket,
        async piece => {
          for (const plain of unpacker.push(piece)) for (const part of follower.push(plain)) await passOn(xl.input, part);
          return follower.isComplete ? 'enough' : 'more';
        },
        failed.signal,
      );
      if (end === 'ended') throw new DriverError('unreachable', 'the guest’s memory did not arrive: the other host ended the connection');
      await this.closeExports();
      xl.input.end(STREAM_END);
    } catch (error) {
      // xl removes what it has made so far.
      xl.input.destroy();
      await xl.ended.catch(() => undefined);
      failed.signal.throwIfAborted();
      throw error;
    }
    await xl.ended.catch(() => failed.signal.throwIfAborted());
    const domid = await this.#registry.findDomid(guest.id);
    if (domid === undefined) throw new DriverError('failed', 'the guest’s domain went as soon as it had arrived');
    guest.domid = domid;
    await guest.enter('arrived');
  }

  async closeExports(): Promise<void> {
    await Promise.all(this.exports.map(each => each.close()));
  }

  /** Idempotent. Waits until xl has removed what is not whole. */
  async close(): Promise<void> {
    const reason = new DriverError('cancelled', 'the guest is not received any more');
    this.#closing.abort(reason);
    this.server?.close();
    this.#socket?.destroy();
    this.#arrival.reject(reason);
    await this.#restoring;
    await Promise.allSettled(this.exports.map(each => each.close()));
  }
}

const writableDisks = (spec: GuestSpec): GuestSpec['disks'] => spec.disks.filter(disk => disk.kind === 'disk' && !disk.readOnly);

const listen = async (registry: XenRegistry, receiving: Receiving, { address, tls }: ReceiveOptions) => {
  const { guest } = receiving;
  const disks: Record<string, string> = {};
  for (const { id, source } of writableDisks(guest.handle.spec)) {
    if (source === undefined) continue;
    disks[id] = shortKey(id);
    receiving.exports.push(await openExport(registry.dom0, guest.paths.sockets, shortKey(id), source));
  }
  receiving.server = await listenForPeer(address, tls, (purpose, socket) => receiving.serve(purpose, socket));
  return encodeTicket({ host: address, port: receiving.server.port, disks });
};

export const createReceiver = (registry: XenRegistry): Pick<GuestMigration, 'receive' | 'received' | 'activate'> => {
  const arriving = new Map<string, Receiving>();

  const begin = async (spec: GuestSpec): Promise<Receiving> => {
    const { dom0, stateDir } = registry;
    if ((await registry.recover(spec.id)) !== undefined) throw new DriverError('exists', `guest ${spec.id} exists already`);
    if ((await registry.findDomid(spec.id)) !== undefined) {
      throw new DriverError('exists', `a domain with the uuid ${spec.id} exists already that was not started by this host’s agent`);
    }
    const paths = xenPaths(stateDir, spec.id);
    const guest = new XenGuest(dom0, paths, { ...makeHandle(spec), phase: 'incoming' }, 0);
    // Refuses what cannot be before anything is written.
    xlConfig(spec, paths);
    await assertUnused(await registry.store.open(), undefined, imagesOf(spec));
    await dom0.makeDirectory(paths.directory);
    await dom0.makeDirectory(paths.sockets);
    await writeHandle(dom0, paths, guest.handle);
    await registry.expect(guest);
    const receiving = new Receiving(registry, guest);
    arriving.set(spec.id, receiving);
    guest.endMove = async () => {
      if (arriving.get(spec.id) === receiving) arriving.delete(spec.id);
      await receiving.close();
    };
    return receiving;
  };

  return {
    receive: (spec, options) =>
      registry.locked(spec.id, async () => {
        const receiving = await begin(spec);
        try {
          return await listen(registry, receiving, options);
        } catch (error) {
          await receiving.guest.endMove();
          await registry.forget(receiving.guest, 'destroyed');
          throw error;
        }
      }),

    async received(id, { signal }) {
      const guest = await registry.getGuest(id);
      const receiving = arriving.get(id);
      if (receiving === undefined) throw new DriverError('bad-state', `guest ${guest.id} is not on its way here`);
      await untilAborted(receiving.arrival, signal);
      receiving.server?.close();
    },

    async activate(id, { paused }) {
      const guest = await registry.getGuest(id);
      await registry.locked(id, async () => {
        if (guest.handle.phase === 'incoming') throw new DriverError('bad-state', 'the guest has not arrived yet');
        if (!paused) await unpauseDomain(registry, guest);
        if (guest.handle.phase !== 'arrived') return;
        await guest.endMove();
        guest.endMove = () => Promise.resolve();
        await guest.enter('living');
        guest.told = paused ? 'paused' : 'running';
        await registry.keep(guest);
      });
    },
  };
};
