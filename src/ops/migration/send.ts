// VM.migrate_send: the pre-flight, the plan, the run.

import { randomUUID } from 'node:crypto';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf } from '../../model/index.ts';
import type { Call } from '../context.ts';
import { vmOperation } from '../operation.ts';
import { asRef } from '../refs.ts';
import { refreshHostMemory } from '../host/memory.ts';
import { refreshSr } from '../sr/sizes.ts';
import { assertNone } from './checks.ts';
import { failureOf } from './failure.ts';
import type { MigrationFacts } from './facts.ts';
import { travellingGuest } from './guest.ts';
import { chooseIdentities } from './identities.ts';
import type { Journey } from './journeys.ts';
import { mapDisks, mapNics } from './mapping.ts';
import { type Destination, type MigrationArgs, parseDestination, parseOptions } from './options.ts';
import { type PlanInput, planMigration } from './plan.ts';
import { addressOf, preflight } from './preflight.ts';
import { committedShape } from './protocol.ts';
import { migrationOf } from './state.ts';
import { sentence, summarise } from './summary.ts';
import { isLive, members, type MigrationView } from './view.ts';

type SendParams = Omit<BoundParamsOf<'VM.migrate_send'>, 'vdi_format_map' | 'vgpu_map'>;

/** The arguments of the calls about a migration, read. */
export const readArgs = (
  call: Call,
  params: SendParams,
  admitted: boolean,
): { readonly dest: Destination; readonly args: MigrationArgs } => ({
  dest: parseDestination(params.dest),
  args: {
    live: params.live,
    vdiMap: params.vdi_map,
    vifMap: params.vif_map,
    options: parseOptions(params.options, call.log),
    admitted,
  },
});

/** Moves or copies a VM to another host. Gives the VM's reference there. */
export async function migrateSend(call: Call, params: SendParams): Promise<Ref<'VM'>> {
  const { dest, args } = readArgs(call, params, true);
  const { vm } = params;
  return vmOperation(call, vm, 'migrate_send', async () => {
    const { journeys } = migrationOf(call.services);
    const address = addressOf(dest);
    const journey = journeys.at(address);
    try {
      return asRef<'VM'>(await send(call, vm, journey, dest, args));
    } catch (error) {
      throw failureOf(error, vm, call.services.self.host, dest.host);
    } finally {
      await journeys.end(address);
    }
  });
}

async function send(call: Call, vm: Ref<'VM'>, journey: Journey, dest: Destination, args: MigrationArgs): Promise<string> {
  const { services } = call;
  const { view, facts, blockers } = await preflight(services, vm, journey, args, call.signal);
  assertNone(blockers);
  if (facts === undefined) throw new XenError('VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED', []);
  const startedMs = performance.now();
  const plan = planMigration(await planInput(call, journey, dest, args, view, facts));
  const outcome = await services.engine.run(plan, {
    signal: AbortSignal.any([call.signal, journey.lost]),
    log: call.log.with({ vm: view.vm.record.uuid }),
    onProgress: progress => call.progress(progress),
    onCancellable: cancellable => call.setCancellable(cancellable),
  });
  const summary = summarise(outcome, performance.now() - startedMs);
  call.log.info('VM moved', { vm: view.vm.record.uuid, to: dest.host, ...summary });
  call.progress({ fraction: 1, label: sentence(summary) });
  for (const sr of new Set([...view.disks.values()].map(disk => disk.sr.ref))) await refreshSr(services, sr);
  await refreshHostMemory(services);
  const committed = outcome.results.get('commit');
  // Without an answer of its own the commit was settled by asking; then the journey knows.
  return committed ? committedShape(committed, 'commit').vm : (journey.arrivedAs ?? '');
}

async function planInput(
  call: Call,
  journey: Journey,
  dest: Destination,
  args: MigrationArgs,
  view: MigrationView,
  facts: MigrationFacts,
): Promise<PlanInput> {
  const { db, hypervisor } = call.services;
  const family = members(view);
  const identities = chooseIdentities(
    {
      vms: family.map(each => each.record.uuid),
      vbds: family.flatMap(each => each.vbds.map(vbd => vbd.record.uuid)),
      vifs: family.flatMap(each => each.vifs.map(vif => vif.record.uuid)),
      volumes: [...view.disks.values()].map(disk => disk.record.uuid),
      macs: family.flatMap(each => each.vifs.map(vif => vif.record.MAC)),
    },
    { copy: args.options.copy },
  );
  const networkOf = new Map([...mapNics(view, facts, args)].map(([vif, target]) => [vif, target.ref]));
  const status = isLive(view) ? await hypervisor.status(view.vm.record.uuid) : undefined;
  if (isLive(view) && status === undefined) throw new DriverError('bad-state', 'the guest is gone');
  return {
    view,
    address: journey.address,
    network: dest.network,
    options: args.options,
    srOf: new Map([...mapDisks(view, facts, args)].map(([vdi, target]) => [vdi, target.found?.uuid ?? ''])),
    networkOf,
    identities,
    guest: status && travellingGuest(db, view, status, identities, networkOf),
    freshId: randomUUID,
  };
}
