// What every operation is given. Operations are the business of xcp: checks (pure), plans (pure), commits (one transaction).

import type { Ref } from '../lib/brand.ts';
import type { Logger } from '../lib/logger.ts';
import type { Db } from '../db/db.ts';
import type { Engine, PlanProgress } from '../engine/types.ts';
import type { HypervisorDriver } from '../drivers/hypervisor.ts';
import type { NetworkDriver } from '../drivers/network.ts';
import type { SrDriver, StorageDrivers } from '../drivers/storage.ts';
import type { ClassName, HandlersOf } from '../model/index.ts';
import type { ImportRequest } from './xva/objects.ts';
import type { NetworkTrials } from './network/trial/trials.ts';

export interface HostSettings {
  readonly stateDir: string;
  /** Where a peer reaches this host's API: `https://address:port`. Undefined when there is no TLS listener. */
  readonly url: string | undefined;
  /** SHA-256 of this host's certificate, as peers pin it; absent when there is no TLS listener. */
  readonly fingerprint?: string | undefined;
  /** Address that migration streams listen on. */
  readonly migrationAddress: string;
  /** Human name of the host at first start. */
  readonly hostName: string;
}

/** Opens an API client to another xcp host. `fingerprint` pins its certificate. The peer protocol is in ops/migration. */
export interface PeerConnector {
  connect(peer: { readonly url: string; readonly sessionRef: string; readonly fingerprint?: string }): Promise<Peer>;
}
export interface Peer extends AsyncDisposable {
  /** A XenAPI call; resolves with the value, rejects with XenError. Network failures reject with DriverError 'unreachable'. */
  call(
    method: string,
    params: readonly unknown[],
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<unknown>;
}

export interface Services {
  readonly db: Db;
  readonly engine: Engine;
  readonly hypervisor: HypervisorDriver;
  readonly network: NetworkDriver;
  readonly storage: StorageDrivers;
  /** SRs attached on this host, by SR uuid; kept by ops/sr. */
  readonly attachedSrs: Map<string, SrDriver>;
  readonly settings: HostSettings;
  readonly peers: PeerConnector;
  /** VMs of an archive at an address that a caller named. Rejects with XenError, nothing being left of them. */
  importFrom(url: string, call: Call, request: ImportRequest): Promise<readonly Ref<'VM'>[]>;
  readonly networkTrials: NetworkTrials;
  readonly log: Logger;
  /** This host and its pool in the database. */
  readonly self: { host: Ref<'host'>; pool: Ref<'pool'> };
  /**
   * Makes a session that other parties of this host's operations use, e.g. the one `host.migrate_receive` returns. `ref`: opens that
   * session again, as it was before a restart; idempotent.
   */
  createSession(options: { readonly originator: string; readonly ref?: Ref<'session'> }): Promise<Ref<'session'>>;
  /** Makes a task for work of the last process that goes on in this one, so that people see it and what becomes of it. */
  adoptTask(task: { readonly ref: Ref<'task'>; readonly label: string; readonly description: string }): Promise<AdoptedTask>;
}

/** Not to be cancelled: where such work goes was decided before. */
export interface AdoptedTask {
  progress(progress: PlanProgress): void;
  /** `undone`: the task was cancelled by the end of its process. */
  finish(outcome: 'done' | 'undone'): Promise<void>;
}

/** Where a call comes from. */
export interface CallOrigin {
  /** By the unix socket, or the host itself. */
  readonly isLocal: boolean;
  /** How long the caller gives itself to come back by the new way after a change of the management. */
  readonly confirmTimeoutMs?: number | undefined;
}

export interface CallSession {
  readonly ref: Ref<'session'>;
  readonly isLocalSuperuser: boolean;
  readonly userName: string;
}

/** One call of a message. */
export interface Call {
  readonly services: Services;
  readonly session: CallSession;
  /** The task made for this call, if any: progress goes there. */
  readonly task: Ref<'task'> | undefined;
  readonly origin: CallOrigin;
  /** Aborted when the task is cancelled or, for a call without a task, when the client goes away. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  progress(progress: PlanProgress): void;
  setCancellable(cancellable: boolean): void;
}

/** Implementations of a class's custom messages: each takes the call and the parameters by name. A message left out answers NOT_IMPLEMENTED. */
export type OpsOf<C extends ClassName> = Partial<HandlersOf<C, Call>>;
