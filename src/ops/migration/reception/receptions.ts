// The destination's side of migrations. One message of a reception is answered at a time; an abort first ends what is being done.
// Invariants: nothing is made that the record does not name already; the guest runs only after `committed` is durable; what is
// `committed` is never taken back and what is `aborting` never goes on.

import type { Clock } from '../../../lib/clock.ts';
import type { Ref } from '../../../lib/brand.ts';
import type { CrashPhase, CrashPoint } from '../../../engine/crash-point.ts';
import type { Tx } from '../../../db/db.ts';
import { XenError } from '../../../model/error.ts';
import { changing } from '../../change.ts';
import type { Services } from '../../context.ts';
import { asRef } from '../../refs.ts';
import { srDriver } from '../../steps/volumes.ts';
import { factsOf, recordStarted } from '../../vm/running.ts';
import { createTlsIdentity, type TlsIdentity, type TlsOffer } from '../certificates.ts';
import { migrationAddress } from '../address.ts';
import { type ReplyOf, type RequestOf, UNATTENDED_MS } from '../protocol.ts';
import { finishReception } from './finish.ts';
import { bootHere, borrowedBy, openDisks, plugPorts, portsOf, specOf } from './incoming.ts';
import { installFamily } from './install.ts';
import {
  allReceptions,
  forgetReception,
  newReception,
  readReception,
  type ReceptionRecord,
  type ReceivedVolume,
  writeReception,
} from './record.ts';
import { undoReception } from './undo.ts';

/** What only this process knows of a reception. */
interface Attendance {
  readonly tls: TlsIdentity;
  readonly peer: TlsOffer;
  readonly stop: AbortController;
  lastWordMs: number;
}

const SWEEP_MS = 5_000;

export class Receptions {
  readonly #services: Services;
  readonly #clock: Clock;
  readonly #crashPoint: CrashPoint | undefined;
  readonly #attended = new Map<string, Attendance>();
  readonly #closing = new AbortController();

  constructor(services: Services, options: { readonly clock: Clock; readonly crashPoint?: CrashPoint | undefined }) {
    this.#services = services;
    this.#clock = options.clock;
    this.#crashPoint = options.crashPoint;
  }

  /** After a start: what was open is taken back, what was committed is finished; sources may ask again with the sessions they had. */
  async recover(): Promise<void> {
    for (const record of allReceptions(this.#services.db)) {
      await this.#services.createSession({ originator: 'migration', ref: asRef(record.session) });
      if (record.state === 'aborted') continue;
      this.#services.log.info('a reception was interrupted', { reception: record.id, vm: record.vm.name, state: record.state });
      await this.#exclusively(record.id, () => (record.state === 'committed' ? this.#finish(record) : this.#takeBack(record)));
    }
  }

  /** Watches over sources that fall silent, until `close`. */
  async attend(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(SWEEP_MS, { signal });
        await this.sweep();
      } catch (error) {
        if (!signal.aborted) this.#services.log.error('receptions could not be looked after', { error });
      }
    }
  }

  /** Aborts what has been unattended too long, and tries again what could not be taken back or finished. */
  async sweep(): Promise<void> {
    for (const record of allReceptions(this.#services.db)) {
      const attendance = this.#attended.get(record.id);
      const isSilent = attendance === undefined || this.#clock.now() - attendance.lastWordMs > UNATTENDED_MS;
      if (record.state === 'open' && isSilent) {
        this.#services.log.warn('the source of a migration fell silent; what it sent is removed', {
          reception: record.id,
          vm: record.vm.name,
        });
        await this.abort({ reception: record.id });
      } else if (record.state === 'aborting' || (record.state === 'committed' && !record.finished)) {
        await this.#exclusively(record.id, () => this.#continue(record.id));
      }
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async open(request: RequestOf<'open'>, session: Ref<'session'>): Promise<ReplyOf<'open'>> {
    const { reception: id } = request;
    return this.#exclusively(id, async () => {
      if (readReception(this.#services.db, id) !== undefined) throw new XenError('INVALID_VALUE', ['reception', id]);
      const address = migrationAddress(this.#services, asRef<'network'>(request.network));
      const tls = await createTlsIdentity();
      this.#crash(id, 'open', 'before-do');
      await this.#save(
        newReception({ id, session, vm: request.vm, source: request.source, address, startedMs: Math.round(this.#clock.now()) }),
      );
      this.#attended.set(id, { tls, peer: request.tls, stop: new AbortController(), lastWordMs: this.#clock.now() });
      this.#crash(id, 'open', 'after-do');
      return { tls: tls.offer };
    });
  }

  async volume(request: RequestOf<'volume'>): Promise<ReplyOf<'volume'>> {
    return this.#attending(request.reception, 'volume', async (record, attendance) => {
      const { id, sr, carrier, fill, onto, snapshotOf, snapshotTime } = request;
      const driver = srDriver(this.#services, sr);
      const below = onto === null ? undefined : await this.#topLayer(record, onto);
      const volume: ReceivedVolume = { id, sr, carrier, exported: fill, owner: null };
      await this.#save({ ...record, volumes: [...record.volumes, volume] });
      this.#crash(record.id, 'volume', 'journalled');
      await driver.create({
        id,
        sizeBytes: request.sizeBytes,
        name: request.name,
        description: request.description,
        type: request.type,
        ...(snapshotOf !== null && { snapshotOf }),
        ...(snapshotTime !== null && { snapshotTime }),
        ...(below !== undefined && { onLayer: below }),
      });
      if (!fill) return { target: null };
      return { target: await driver.openExport(id, { address: record.address, tls: attendance.tls.toward(attendance.peer) }) };
    });
  }

  async seal(request: RequestOf<'seal'>): Promise<null> {
    return this.#attending(request.reception, 'seal', async record => {
      const volume = volumeOf(record, request.id);
      await srDriver(this.#services, volume.sr).closeExport(volume.id);
      await this.#save(withVolume(record, { ...volume, exported: false }));
      return null;
    });
  }

  /** Opens a volume for reading until it is sealed, also one that the waiting guest has open. */
  async show(request: RequestOf<'show'>): Promise<ReplyOf<'show'>> {
    return this.#attending(request.reception, 'show', async (record, attendance) => {
      const volume = volumeOf(record, request.id);
      await this.#save(withVolume(record, { ...volume, exported: true }));
      this.#crash(record.id, 'show', 'journalled');
      const tls = attendance.tls.toward(attendance.peer);
      return { target: await srDriver(this.#services, volume.sr).openExport(volume.id, { address: record.address, tls, readOnly: true }) };
    });
  }

  async receive({ reception, guest, compression }: RequestOf<'receive'>): Promise<ReplyOf<'receive'>> {
    return this.#attending(reception, 'receive', async (record, attendance) => {
      const { hypervisor } = this.#services;
      if ((await hypervisor.status(guest.id)) !== undefined) throw new XenError('DUPLICATE_VM', [guest.id]);
      const boot = await bootHere(this.#services, guest);
      const ports = portsOf(this.#services, guest);
      const owned = new Set(guest.disks.map(disk => disk.volume));
      const volumes = record.volumes.map(volume => (owned.has(volume.id) ? { ...volume, owner: guest.id } : volume));
      const kernel = boot.kind === 'kernel' ? { kernelPath: boot.kernelPath, ramdiskPath: boot.ramdiskPath ?? '' } : null;
      await this.#save({
        ...record,
        volumes,
        guest: guest.id,
        borrowed: borrowedBy(this.#services, guest),
        kernel,
        ports: ports.map(port => port.id),
      });
      this.#crash(record.id, 'receive', 'journalled');
      const sources = await openDisks(this.#services, guest, new Map(volumes.map(volume => [volume.id, volume])));
      const spec = specOf(guest, boot, sources, await plugPorts(this.#services, ports));
      const tls = attendance.tls.toward(attendance.peer);
      return { ticket: await hypervisor.migration.receive(spec, { address: record.address, tls, compression }) };
    });
  }

  /** THE commit. Repeated, it gives the same answer. */
  async commit({ reception, bundle, run }: RequestOf<'commit'>): Promise<ReplyOf<'commit'>> {
    const before = readReception(this.#services.db, reception);
    if (before?.state === 'committed' && before.committedVm !== null) return { vm: before.committedVm };
    const committed = await this.#attending(reception, 'commit', async (record, { stop }) => {
      const { db, hypervisor } = this.#services;
      const isLive = run !== 'not';
      if (isLive && record.guest === null) throw new XenError('INVALID_VALUE', ['run', 'there is no guest to run']);
      if (isLive && record.guest !== null) await hypervisor.migration.received(record.guest, { signal: stop.signal });
      const status = record.guest === null ? undefined : await hypervisor.status(record.guest);
      stop.signal.throwIfAborted();
      this.#crash(record.id, 'commit', 'before-do');
      const after = await db.transaction(tx =>
        changing(tx, inner => {
          const vm = bundle === null ? knownVm(inner, record.vm.uuid) : installFamily(inner, bundle);
          if (record.kernel) inner.update('VM', vm, { PV_kernel: record.kernel.kernelPath, PV_ramdisk: record.kernel.ramdiskPath });
          if (status) recordStarted(this.#services, inner, vm, { ...factsOf(status), state: run === 'paused' ? 'Paused' : 'Running' });
          const next: ReceptionRecord = { ...record, state: 'committed', committedVm: vm, run };
          writeReception(inner, next);
          return next;
        }),
      );
      this.#crash(record.id, 'commit', 'after-do');
      await this.#finish(after);
      return after;
    });
    return { vm: committed.committedVm ?? '' };
  }

  /** The answer is final. Unless it is `committed`, all that was made is gone when it is given, or is removed in the background. */
  async abort({ reception }: RequestOf<'abort'>): Promise<ReplyOf<'abort'>> {
    const { db } = this.#services;
    this.#attended.get(reception)?.stop.abort(new XenError('VM_MIGRATE_FAILED', ['', '', '', 'the migration was aborted']));
    return this.#exclusively(reception, async () => {
      const record = readReception(db, reception);
      if (record === undefined) return { outcome: 'aborted', vm: null };
      if (record.state === 'committed') return { outcome: 'committed', vm: record.committedVm };
      if (record.state !== 'aborted') await this.#takeBack(record);
      return { outcome: 'aborted', vm: null };
    });
  }

  async keepalive({ reception }: RequestOf<'keepalive'>): Promise<null> {
    const state = readReception(this.#services.db, reception)?.state;
    const attendance = this.#attended.get(reception);
    if (attendance === undefined || (state !== 'open' && state !== 'committed')) throw gone(reception);
    attendance.lastWordMs = this.#clock.now();
    return null;
  }

  /** Forgets how it ended. Refused while it has not. */
  async forget({ reception }: RequestOf<'close'>): Promise<null> {
    return this.#exclusively(reception, async () => {
      const record = readReception(this.#services.db, reception);
      if (record === undefined) return null;
      if (record.state === 'committed' && !record.finished) await this.#finish(record);
      const now = readReception(this.#services.db, reception);
      if (now?.state === 'aborted' || (now?.state === 'committed' && now.finished)) {
        await this.#services.db.transaction(tx => forgetReception(tx, reception));
        this.#attended.delete(reception);
        return null;
      }
      throw new XenError('OTHER_OPERATION_IN_PROGRESS', ['VM', record.committedVm ?? '', 'migrate_send', reception]);
    });
  }

  /** Runs `work` alone on an open reception, with word from its source noted. */
  async #attending<T>(id: string, step: string, work: (record: ReceptionRecord, attendance: Attendance) => Promise<T>): Promise<T> {
    return this.#exclusively(id, async () => {
      const record = readReception(this.#services.db, id);
      const attendance = this.#attended.get(id);
      if (record?.state !== 'open' || attendance === undefined) throw gone(id);
      attendance.stop.signal.throwIfAborted();
      attendance.lastWordMs = this.#clock.now();
      if (step !== 'commit') this.#crash(id, step, 'before-do');
      const result = await work(record, attendance);
      if (step !== 'commit') this.#crash(id, step, 'after-do');
      return result;
    });
  }

  #exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#services.engine.withLocks([`reception ${id}`], work);
  }

  async #save(record: ReceptionRecord): Promise<void> {
    await this.#services.db.transaction(tx => writeReception(tx, record));
  }

  async #topLayer(record: ReceptionRecord, id: string): Promise<string> {
    const info = await srDriver(this.#services, volumeOf(record, id).sr).volume(id);
    const layer = info?.layers[0];
    if (layer === undefined) throw new XenError('UUID_INVALID', ['VDI', id]);
    return layer;
  }

  async #continue(id: string): Promise<void> {
    const record = readReception(this.#services.db, id);
    if (record?.state === 'aborting') await this.#takeBack(record);
    if (record?.state === 'committed' && !record.finished) await this.#finish(record);
  }

  /** The decision is durable before anything is undone. What will not go is tried again by `sweep`. */
  async #takeBack(record: ReceptionRecord): Promise<void> {
    const aborting: ReceptionRecord = { ...record, state: 'aborting' };
    await this.#save(aborting);
    this.#crash(record.id, 'abort', 'journalled');
    try {
      await undoReception(this.#services, aborting);
      this.#attended.delete(record.id);
    } catch (error) {
      this.#services.log.warn('what a failed migration left could not be removed yet', { reception: record.id, error });
    }
  }

  async #finish(record: ReceptionRecord): Promise<void> {
    try {
      await finishReception(this.#services, record);
    } catch (error) {
      this.#services.log.warn('a VM that arrived could not be put to work yet', { reception: record.id, vm: record.vm.name, error });
    }
  }

  #crash(id: string, stepId: string, phase: CrashPhase): void {
    this.#crashPoint?.({ planId: id, planKind: 'reception', stepId, phase });
  }
}

const gone = (id: string): XenError => new XenError('HANDLE_INVALID', ['reception', id]);

/** A VM of this pool, which moves from one of its hosts to this one. */
const knownVm = (tx: Tx, uuid: string): Ref<'VM'> => {
  const vm = tx.byUuid('VM', uuid);
  if (vm === undefined) throw new XenError('UUID_INVALID', ['VM', uuid]);
  return vm;
};

const volumeOf = (record: ReceptionRecord, id: string): ReceivedVolume => {
  const volume = record.volumes.find(each => each.id === id);
  if (volume === undefined) throw new XenError('UUID_INVALID', ['VDI', id]);
  return volume;
};

const withVolume = (record: ReceptionRecord, volume: ReceivedVolume): ReceptionRecord => ({
  ...record,
  volumes: record.volumes.map(each => (each.id === volume.id ? volume : each)),
});
