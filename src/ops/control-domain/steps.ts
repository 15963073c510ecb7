// The steps by which a control domain gets its processors and its memory: for the next boot, which can be taken back, and live. What cannot be had
// live is had at the next boot: it makes notes for people, and no failure.

import { isDeepStrictEqual } from 'node:util';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { BootSettings, ControlDomain, Pinning } from '../../drivers/control-domain.ts';
import type { PlannedStep, StepKind } from '../../engine/types.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { applyScheduling } from '../vm/scheduling.ts';
import { controlDomainOf, syncControlDomain } from './records.ts';
import { step } from '../steps/planned.ts';

/** Null: as Xen itself would have it. */
type BootChange =
  | { readonly what: 'vcpus'; readonly vcpus: number | null; readonly isPinned: boolean }
  | { readonly what: 'memory'; readonly memoryBytes: number };

type LiveChange =
  | { readonly what: 'vcpus'; readonly vcpus: number | null; readonly pinning: Exclude<Pinning, 'mixed'> }
  | { readonly what: 'memory'; readonly memoryBytes: number };

export interface Noted {
  readonly notes: readonly string[];
}

export const controlDomainSteps = {
  boot: (change: BootChange): PlannedStep => step('boot', 'control-domain.boot', 'writing down what the next boot gives', 8, change),
  live: (change: LiveChange): PlannedStep => step('live', 'control-domain.live', 'changing the running system', 2, change),
};

const edited = (before: BootSettings, change: BootChange): BootSettings => {
  if (change.what === 'memory') return { ...before, memoryBytes: change.memoryBytes };
  const { vcpus: _vcpus, isPinned: _pinned, ...rest } = before;
  return change.vcpus === null ? rest : { ...rest, vcpus: change.vcpus, isPinned: change.isPinned };
};

const isUnsupported = (error: unknown): error is DriverError => error instanceof DriverError && error.kind === 'unsupported';

/** A machine that is started by another loader can be changed live all the same. */
const keep = async (domain: ControlDomain, settings: BootSettings): Promise<readonly string[]> => {
  try {
    return await domain.keepForBoot(settings);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    return [`the next boot is not changed: ${error.message}`];
  }
};

const boot = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'control-domain.boot',
  run: async (context, args) => {
    const domain = controlDomainOf(services);
    const before = await domain.bootSettings();
    await context.remember({ before: toJson(before) });
    return toJson({ notes: await keep(domain, edited(before, fromJson<BootChange>(args))) } satisfies Noted);
  },
  undo: async ({ note, log }) => {
    if (note === undefined) return;
    const [domain, before] = [controlDomainOf(services), fromJson<BootSettings>(note['before'])];
    try {
      await keep(domain, before);
    } catch (error) {
      // What the loader's configuration is made from is as it was: whoever mends the loader's program gets from it what was before.
      if (!(error instanceof DriverError) || !isDeepStrictEqual(await domain.bootSettings(), before)) throw error;
      log.warn('the configuration of the loader could not be made anew: run update-grub once it works', { error });
    }
  },
});

type Attempt = (what: string, work: () => Promise<void>) => Promise<void>;

/** Notes in place of failures. */
const attempts = (): { readonly notes: readonly string[]; readonly attempt: Attempt } => {
  const notes: string[] = [];
  const attempt: Attempt = async (what, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      notes.push(`${what}: ${error.message}`);
    }
  };
  return { notes, attempt };
};

const moveGuests = async (services: Services, attempt: Attempt): Promise<void> => {
  for (const ref of services.db.need('host', services.self.host).resident_VMs) {
    const vm = services.db.get('VM', ref);
    if (vm === undefined || vm.is_control_domain) continue;
    await attempt(`${vm.name_label} (${vm.uuid}) stays on the CPUs that it has`, async () => {
      try {
        await applyScheduling(services, vm);
      } catch (error) {
        // A mask of its own that leaves it no CPU: it was told before that this would be.
        throw error instanceof DriverError ? error : new DriverError('bad-config', error instanceof Error ? error.message : String(error));
      }
    });
  }
};

const giveVcpus = async (services: Services, { vcpus, pinning }: Extract<LiveChange, { what: 'vcpus' }>): Promise<readonly string[]> => {
  const domain = controlDomainOf(services);
  const { notes, attempt } = attempts();
  const { vcpusMax } = await domain.state();
  const now = Math.min(vcpus ?? vcpusMax, vcpusMax);
  const few = `the control domain was booted with ${vcpusMax} vCPU${vcpusMax === 1 ? '' : 's'}: it has ${vcpus} from the next boot on`;
  const own = async (): Promise<void> => {
    await attempt('the number of vCPUs changes at the next boot', () => domain.setVcpus(now));
    await attempt('the pinning changes at the next boot', () => domain.pin(pinning));
  };
  // Whoever gives up CPUs goes first, so that nobody shares them meanwhile.
  if (pinning === 'none') await own();
  await moveGuests(services, attempt);
  if (pinning === 'own') await own();
  return vcpus !== null && vcpus > vcpusMax ? [few, ...notes] : notes;
};

const giveMemory = async (services: Services, memoryBytes: number): Promise<readonly string[]> => {
  const domain = controlDomainOf(services);
  const { notes, attempt } = attempts();
  const { memoryMaxBytes = Number.POSITIVE_INFINITY } = await domain.state();
  if (memoryBytes > memoryMaxBytes) return ['the memory comes with the next boot: it is more than the control domain was booted for'];
  await attempt('the memory changes at the next boot', () => domain.setMemory(memoryBytes));
  return notes;
};

const live = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'control-domain.live',
  run: async (_context, args) => {
    const change = fromJson<LiveChange>(args);
    const notes = change.what === 'vcpus' ? await giveVcpus(services, change) : await giveMemory(services, change.memoryBytes);
    await syncControlDomain(services);
    return toJson({ notes } satisfies Noted);
  },
});

export const controlDomainKinds = (services: Services): readonly StepKind<JsonObject, JsonObject>[] => [boot(services), live(services)];
