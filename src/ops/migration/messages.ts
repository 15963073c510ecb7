// The messages of migrations: those of the XenAPI, and the private ones between xcp hosts and from its command line.

import { XenError } from '../../model/error.ts';
import type { Role } from '../../model/index.ts';
import type { Call, OpsOf } from '../context.ts';
import { asRef } from '../refs.ts';
import { assertCanMigrate, checkMigration } from './check.ts';
import { failureHere } from './failure.ts';
import { collectFacts, factsQueryShape } from './facts.ts';
import { peerCalls, type PeerCallName, peerMethod, type ReplyOf, type RequestOf } from './protocol.ts';
import { poolMigrate } from './pool.ts';
import { migrateReceive } from './receive.ts';
import type { Receptions } from './reception/receptions.ts';
import { migrateSend } from './send.ts';
import { dictionary, type Shape, text, truth } from './shape.ts';
import { migrationOf } from './state.ts';
import { migrateVdi } from './vdi.ts';

export interface PeerMessage {
  readonly role: Role;
  /** `params` without the session. */
  readonly handler: (call: Call, params: readonly unknown[]) => Promise<unknown>;
}

export const migrationVmOps: OpsOf<'VM'> = {
  migrate_send: migrateSend,
  pool_migrate: poolMigrate,
  assert_can_migrate: assertCanMigrate,
  assert_can_migrate_sender: assertCanMigrate,
};

export const migrationVdiOps: OpsOf<'VDI'> = { pool_migrate: migrateVdi };

export const migrationHostOps: OpsOf<'host'> = { migrate_receive: migrateReceive };

/** A message of the peer protocol: its one parameter is read by its shape. */
function received<N extends PeerCallName>(
  name: N,
  answer: (receptions: Receptions, request: RequestOf<N>, call: Call) => Promise<ReplyOf<N>>,
): readonly [string, PeerMessage] {
  const shape = peerCalls[name].request as Shape<RequestOf<N>>;
  const handler: PeerMessage['handler'] = async (call, [request]) => {
    const read = shape(request, name);
    try {
      return await answer(migrationOf(call.services).receptions, read, call);
    } catch (error) {
      throw failureHere(error);
    }
  };
  return [peerMethod(name), { role: 'vm-power-admin', handler }];
}

/** All blockers of a migration. Parameters as of VM.assert_can_migrate. */
const check: PeerMessage['handler'] = (call, params) => {
  if (params.length < 6) throw new XenError('MESSAGE_PARAMETER_COUNT_MISMATCH', ['xcp.migration_check', '6', String(params.length)]);
  const [vm, dest, live, vdiMap, vifMap, options] = params;
  const texts = dictionary(text);
  return checkMigration(call, {
    vm: asRef<'VM'>(text(vm, 'vm')),
    dest: texts(dest, 'dest'),
    live: truth(live, 'live'),
    vdi_map: dictionary((value, at) => asRef<'SR'>(text(value, at)))(vdiMap, 'vdi_map'),
    vif_map: dictionary((value, at) => asRef<'network'>(text(value, at)))(vifMap, 'vif_map'),
    options: texts(options, 'options'),
  });
};

export const migrationPeerMessages: ReadonlyMap<string, PeerMessage> = new Map<string, PeerMessage>([
  ['xcp.migration_check', { role: 'vm-power-admin', handler: check }],
  [
    peerMethod('facts'),
    { role: 'vm-power-admin', handler: (call, [query]) => collectFacts(call.services, factsQueryShape(query, 'facts')) },
  ],
  received('open', (receptions, request, call) => receptions.open(request, call.session.ref)),
  received('volume', (receptions, request) => receptions.volume(request)),
  received('seal', (receptions, request) => receptions.seal(request)),
  received('show', (receptions, request) => receptions.show(request)),
  received('receive', (receptions, request) => receptions.receive(request)),
  received('commit', (receptions, request) => receptions.commit(request)),
  received('abort', (receptions, request) => receptions.abort(request)),
  received('keepalive', (receptions, request) => receptions.keepalive(request)),
  received('close', (receptions, request) => receptions.forget(request)),
]);
