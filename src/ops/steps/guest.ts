// Steps that plug a guest's ports, start or resume it, and write down that it runs.

import type { Ref } from '../../lib/brand.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { GuestSpec } from '../../drivers/hypervisor.ts';
import type { NicAttachment, VifPort } from '../../drivers/network.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { PlannedStep, StepContext, StepKind } from '../../engine/types.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { asRef } from '../refs.ts';
import { ensureBridgeOf } from '../network/bridge.ts';
import { factsOf, type GuestFacts, recordStarted } from '../vm/running.ts';
import { schedulingHere } from '../vm/scheduling.ts';
import { completed, type GuestDraft, portOf } from '../vm/spec.ts';
import { step } from './planned.ts';

type PlugArgs = { readonly port: VifPort };
type StartArgs = { readonly draft: GuestDraft; readonly paused: boolean };
type ResumeArgs = { readonly draft: GuestDraft; readonly image: string };
type StartedArgs = { readonly vm: string; readonly from: string; readonly forget: readonly string[] };
type UnpauseArgs = { readonly guest: string };

/** Ids by which a later step finds the result of an earlier one. */
export const diskStepId = (vbdUuid: string): string => `disk-${vbdUuid}`;
export const nicStepId = (vifUuid: string): string => `nic-${vifUuid}`;

export const guestSteps = {
  plug: (port: VifPort): PlannedStep =>
    step(nicStepId(port.id), 'nic.plug', 'plugging a network interface', 1, { port } satisfies PlugArgs),
  start: (args: StartArgs): PlannedStep => step('start', 'guest.start', 'starting the guest', 10, args),
  /** The guest is left paused: it must not run before the database says so. `image` is the id of the step that opened it. */
  resume: (args: ResumeArgs): PlannedStep => step('resume', 'guest.resume', 'loading memory', 50, args),
  /** Writes down that the guest of step `from` runs, and forgets the VDIs `forget`. A plan's pivot. */
  started: (args: StartedArgs): PlannedStep => step('commit', 'vm.started', 'recording the start', 1, args),
  unpause: (args: UnpauseArgs): PlannedStep => step('unpause', 'guest.unpause', 'letting the guest run', 1, args),
};

/** As the records have it now: which CPUs are for guests is this host's to say. */
const shareOf = ({ db, self }: Services, { id }: GuestDraft): Pick<GuestSpec, 'scheduling'> => {
  const vm = db.byUuid('VM', id);
  const scheduling = vm === undefined ? undefined : schedulingHere(db, self.host, db.need('VM', vm));
  return scheduling === undefined ? {} : { scheduling };
};

const specFrom = (services: Services, context: StepContext, plan: GuestDraft): GuestSpec => {
  const draft = { ...plan, ...shareOf(services, plan) };
  const result = <T>(id: string): T | undefined => {
    const found: Json | undefined = context.results.get(id);
    return found === undefined ? undefined : fromJson<T>(found);
  };
  return completed(
    draft,
    id => result<VolumeSource>(diskStepId(id)),
    id => result<NicAttachment>(nicStepId(id)) ?? { kind: 'none' },
  );
};

const plug = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'nic.plug',
  run: async (_context, args) => {
    const { port: planned } = fromJson<PlugArgs>(args);
    // As it is locked now, and not when the plan was made.
    const vif = services.db.byUuid('VIF', planned.id);
    const port = vif === undefined ? planned : portOf(services.db, vif);
    await ensureBridgeOf(services, port.bridge);
    return toJson(await services.network.plug(port));
  },
  undo: (_context, args) => services.network.unplug(fromJson<PlugArgs>(args).port.id),
});

const start = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'guest.start',
  run: async (context, args) => {
    const { draft, paused } = fromJson<StartArgs>(args);
    const status = await services.hypervisor.start(specFrom(services, context, draft), { paused, signal: context.signal });
    return toJson({ ...factsOf(status), features: draft.cpuFeatures ?? '' });
  },
  undo: (_context, args) => services.hypervisor.destroy(fromJson<StartArgs>(args).draft.id),
});

const resume = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'guest.resume',
  run: async (context, args) => {
    const { draft, image } = fromJson<ResumeArgs>(args);
    const source = fromJson<VolumeSource>(context.results.get(image));
    const status = await services.hypervisor.resume(specFrom(services, context, draft), source, { paused: true, signal: context.signal });
    return toJson(factsOf(status));
  },
  undo: (_context, args) => services.hypervisor.destroy(fromJson<ResumeArgs>(args).draft.id),
});

const started = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'vm.started',
  run: async (context, args) => {
    const { vm, from, forget } = fromJson<StartedArgs>(args);
    const facts = fromJson<GuestFacts>(context.results.get(from));
    await change(services.db, tx => {
      recordStarted(services, tx, asRef(vm), facts);
      for (const vdi of forget) if (tx.get('VDI', asRef(vdi))) tx.delete('VDI', asRef(vdi));
      if (forget.length > 0) tx.update('VM', asRef(vm), { suspend_VDI: asRef('OpaqueRef:NULL') });
    });
    return null;
  },
  settle: async (_context, args) => {
    const vm = services.db.get('VM', asRef<'VM'>(fromJson<StartedArgs>(args).vm));
    return vm?.power_state === 'Running' || vm?.power_state === 'Paused' ? 'done' : 'undone';
  },
});

const unpause = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'guest.unpause',
  run: async (_context, args) => {
    const { guest } = fromJson<UnpauseArgs>(args);
    const status = await services.hypervisor.status(guest);
    // A guest that is gone is for the reconciler.
    if (status?.state === 'paused') await services.hypervisor.unpause(guest);
    const vm: Ref<'VM'> | undefined = services.db.byUuid('VM', guest);
    if (status && vm) await change(services.db, tx => tx.update('VM', vm, { power_state: 'Running' }));
    return null;
  },
});

export const guestKinds = (services: Services): readonly StepKind<JsonObject, JsonObject | null>[] => [
  plug(services),
  start(services),
  resume(services),
  started(services),
  unpause(services),
];
