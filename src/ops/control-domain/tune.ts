// `host-cpu-tune`: how many processors the control domain has, and whether they are its own alone. A plan: the next boot is written down, then the
// records say which CPUs are left to guests, from where there is no way back, then what runs is changed. As JSON, with the names of the wire: the
// XenAPI has no message for it, so it is a plugin that any client may call; documented in docs/xen.md.

import type { BootSettings, ControlDomain, ControlDomainState } from '../../drivers/control-domain.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { Plan, PlanOutcome } from '../../engine/types.ts';
import type { JsonObject } from '../../lib/json.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, Services } from '../context.ts';
import { runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { adviceFor, type Tuning } from './advice.ts';
import { assertPossible, assertUndisturbed, disturbed, guestCpusBeside } from './checks.ts';
import { controlDomainOf, controlDomainRef, tellingWhy } from './records.ts';
import { controlDomainSteps, type Noted } from './steps.ts';

type Args = Readonly<Record<string, string>>;

const maskKey = 'mask';

const stateJson = (state: ControlDomainState, boot: BootSettings, guestMask: string | undefined): JsonObject => ({
  cpus: state.cpus,
  vcpus: state.vcpus,
  vcpus_max: state.vcpusMax,
  pinned: state.pinning === 'own',
  exclusive: state.pinning === 'own' && guestMask !== undefined,
  guest_mask: guestMask ?? null,
  next_boot: boot.vcpus === undefined ? null : { vcpus: boot.vcpus, pinned: boot.isPinned === true },
});

const guestMaskOf = ({ db, self }: Services): string | undefined => db.need('host', self.host).guest_VCPUs_params[maskKey];

/** Where somebody else's file is in the place of ours, nothing was ever set, and that is said. */
const bootOf = async (domain: ControlDomain): Promise<{ readonly boot: BootSettings; readonly notes: readonly string[] }> => {
  try {
    return { boot: await domain.bootSettings(), notes: [] };
  } catch (error) {
    if (!(error instanceof DriverError) || error.kind !== 'in-use') throw error;
    return { boot: {}, notes: [error.message] };
  }
};

const show = async ({ services }: Call): Promise<string> => {
  const domain = controlDomainOf(services);
  const [state, { boot, notes }] = await Promise.all([domain.state(), bootOf(domain)]);
  return JSON.stringify({ ...stateJson(state, boot, guestMaskOf(services)), notes });
};

const advise = async ({ services }: Call): Promise<string> => {
  const { cpus } = await controlDomainOf(services).state();
  return JSON.stringify({ cpus, ...adviceFor(cpus) });
};

/** `tuning` undefined: as Xen itself has it. */
const tunePlan = ({ db, self }: Services, tuning: Tuning | undefined, cpus: number): Plan => {
  const { [maskKey]: _mask, ...others } = db.need('host', self.host).guest_VCPUs_params;
  const guestCpus = tuning && guestCpusBeside(tuning, cpus);
  const commit = new CommitBuilder();
  commit.update('host', self.host, { guest_VCPUs_params: guestCpus ? { ...others, [maskKey]: guestCpus.join(',') } : others });
  const [vcpus, isPinned] = [tuning?.vcpus ?? null, tuning?.pinning === 'xpin'];
  return {
    kind: 'host.cpu_tune',
    locks: [controlDomainRef(db, self.host)],
    steps: [
      controlDomainSteps.boot({ what: 'vcpus', vcpus, isPinned }),
      commitStep('commit', 'recording which CPUs are for guests', commit.build()),
      controlDomainSteps.live({ what: 'vcpus', vcpus, pinning: isPinned ? 'own' : 'none' }),
    ],
    pivot: 'commit',
  };
};

export const notesOf = ({ results }: PlanOutcome): readonly string[] =>
  ['boot', 'live'].flatMap(id => (results.has(id) ? fromJson<Noted>(results.get(id)).notes : []));

const tune = async (call: Call, tuning: Tuning | undefined, cpus: number): Promise<string> => {
  const notes = notesOf(await tellingWhy(() => runPlan(call, tunePlan(call.services, tuning, cpus))));
  const domain = controlDomainOf(call.services);
  const [state, boot] = await Promise.all([domain.state(), domain.bootSettings()]);
  return JSON.stringify({ ...stateJson(state, boot, guestMaskOf(call.services)), notes });
};

const isSet = (args: Args, key: string): boolean => args[key] === 'true';

const tuningOf = (args: Args): Tuning => {
  const { vcpus = '', pinning = '' } = args;
  if (!/^\d{1,5}$/.test(vcpus)) throw new XenError('INVALID_VALUE', ['vcpus', vcpus, 'give the number of vCPUs of the control domain']);
  if (pinning !== 'nopin' && pinning !== 'xpin') throw new XenError('INVALID_VALUE', ['pinning', pinning, 'give nopin or xpin']);
  return { vcpus: Number(vcpus), pinning };
};

/** `args.force`: also what disturbs guests. `args.dry_run`: only says what it would be. */
const set = async (call: Call, args: Args): Promise<string> => {
  const { db, self } = call.services;
  const tuning = tuningOf(args);
  const { cpus } = await controlDomainOf(call.services).state();
  assertPossible(tuning, cpus);
  const disturbs = disturbed(db, self.host, tuning);
  if (isSet(args, 'dry_run')) {
    return JSON.stringify(toJson({ ...tuning, guest_mask: guestCpusBeside(tuning, cpus)?.join(',') ?? null, disturbs }));
  }
  if (!isSet(args, 'force')) assertUndisturbed(disturbs);
  return tune(call, tuning, cpus);
};

const reset = async (call: Call, args: Args): Promise<string> => {
  const { cpus, vcpusMax } = await controlDomainOf(call.services).state();
  if (!isSet(args, 'dry_run')) return tune(call, undefined, cpus);
  return JSON.stringify({ vcpus: vcpusMax, pinning: 'nopin', guest_mask: null, disturbs: [] });
};

/** The functions of the plugin. */
export const cpuTune: ReadonlyMap<string, (call: Call, args: Args) => Promise<string>> = new Map<
  string,
  (call: Call, args: Args) => Promise<string>
>([
  ['show', show],
  ['advise', advise],
  ['set', set],
  ['reset', reset],
]);
