// The pre-flight as it is asked for: the family here, the facts from there, and every blocker.

import { randomUUID } from 'node:crypto';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { Services } from '../context.ts';
import { type Blocker, called, say } from './checks/blocker.ts';
import { factsQuery, migrationBlockers, vmBlockers } from './checks.ts';
import { factsShape, type MigrationFacts } from './facts.ts';
import type { Journey, JourneyAddress } from './journeys.ts';
import type { Destination, MigrationArgs } from './options.ts';
import { peerMethod } from './protocol.ts';
import { collectView, type MigrationView } from './view.ts';

const FACTS_MS = 20_000;

export interface Preflight {
  readonly view: MigrationView;
  /** Undefined when the destination did not tell; then a blocker says why. */
  readonly facts: MigrationFacts | undefined;
  readonly blockers: readonly Blocker[];
}

/** A new reception's name at a destination. */
export const addressOf = (dest: Destination): JourneyAddress => ({
  reception: randomUUID(),
  url: dest.url,
  fingerprint: dest.fingerprint ?? null,
  session: dest.session,
});

/** Asks, changes nothing. Throws HANDLE_INVALID when there is no such VM. */
export async function preflight(
  services: Services,
  vm: Ref<'VM'>,
  journey: Journey,
  args: MigrationArgs,
  signal: AbortSignal,
): Promise<Preflight> {
  const view = await collectView(services, vm);
  try {
    const reply = await journey.ask(peerMethod('facts'), factsQuery(view), { signal, timeoutMs: FACTS_MS });
    const facts = factsShape(reply, 'facts');
    return { view, facts, blockers: migrationBlockers(view, facts, args) };
  } catch (error) {
    signal.throwIfAborted();
    return { view, facts: undefined, blockers: [...vmBlockers(view, args), noContact(view, journey.address.url, error)] };
  }
}

/** Why the destination told nothing. Defects of this program are not its fault. */
function noContact(view: MigrationView, url: string, error: unknown): Blocker {
  const name = say(called('VM', view.vm));
  const blocker = { objects: [called('VM', view.vm)] };
  if (error instanceof DriverError) {
    const cause = `The destination ${url} of ${name} does not answer: ${error.message}.`;
    const fix = 'check the address, the network between the hosts, the certificate, and that xcp hostd runs there: xcp host-list -s <host>';
    return { ...blocker, code: 'VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED', params: [], cause, fix };
  }
  if (!(error instanceof XenError)) throw error;
  if (error.code === 'SESSION_INVALID') {
    const cause = `The session at the destination ${url} has ended.`;
    return { ...blocker, code: error.code, params: error.params, cause, fix: 'give the command again: it logs in anew' };
  }
  if (error.code === 'MESSAGE_METHOD_UNKNOWN') {
    const cause = `The destination ${url} is not an xcp host of a version that this one can send to.`;
    return {
      ...blocker,
      code: 'VM_HOST_INCOMPATIBLE_VERSION_MIGRATE',
      params: ['', view.vm.ref],
      cause,
      fix: 'update xcp on the destination',
    };
  }
  const cause = `The destination ${url} refused to tell about itself: ${error.message}.`;
  return { ...blocker, code: error.code, params: error.params, cause, fix: 'see the log of xcp hostd at the destination' };
}
