// A guest's state: what its domain does, seen together with what is under way with it here.

import { DriverError, type GuestStatus } from '../../hypervisor.ts';
import type { XenGuest } from './guest.ts';
import { isMoving, type Phase } from './handle.ts';
import { type Domain, guestStateOf } from './xl-list.ts';

/** Undefined when it is gone. One that is on its way here has no domain at first. */
export const statusOf = (guest: XenGuest, domain: Domain | undefined): GuestStatus | undefined => {
  const { phase, spec, startedAt, vcpus } = guest.handle;
  if (domain === undefined && phase !== 'incoming') return undefined;
  return {
    id: guest.id,
    state: stateIn(phase, domain),
    domid: domain?.domid ?? 0,
    startedAt: new Date(startedAt),
    // What it was asked to have: a guest that boots switches all on before it looks.
    vcpus,
    memoryBytes: domain?.memoryBytes ?? spec.memoryTargetBytes,
  };
};

/** Of a domain that was made just now. */
export const startedStatus = (guest: XenGuest, state: 'paused' | 'running'): GuestStatus => {
  const { spec, startedAt, vcpus } = guest.handle;
  return { id: guest.id, state, domid: guest.domid, startedAt: new Date(startedAt), vcpus, memoryBytes: spec.memoryTargetBytes };
};

/** A move stops the guest for its last pages; until all is sent it is still this host's. */
const stateIn = (phase: Phase, domain: Domain | undefined): GuestStatus['state'] => {
  if (domain === undefined || phase === 'incoming') return 'incoming';
  return phase === 'sending' && domain.shutdown === 'suspend' ? 'paused' : guestStateOf(domain);
};

/** Whether its domain did something that listeners have not been told. */
export const isRestless = (guest: XenGuest, domain: Domain | undefined): boolean =>
  !isMoving(guest.handle.phase) && (domain === undefined || domain.shutdown !== undefined || guestStateOf(domain) !== guest.told);

/** For operations that need a guest which runs or waits. */
export const requireState = (domain: Domain, wanted: readonly GuestStatus['state'][], action: string): void => {
  const state = guestStateOf(domain);
  if (domain.shutdown === undefined ? wanted.includes(state) : state === 'crashed' && wanted.includes(state)) return;
  const told = domain.shutdown === undefined || state === 'crashed' ? state : 'shutting down';
  throw new DriverError('bad-state', `${action}: the guest is ${told}`, { details: { state: told } });
};
