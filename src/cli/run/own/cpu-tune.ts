// `host-cpu-tune`: how many vCPUs the control domain of a Xen host has, and whether CPUs are its own alone. In the words of the tool of this name;
// the host itself does it, by a plugin of its own.

import type { Session } from '../../../client/session.ts';
import { isXenError } from '../../../model/error.ts';
import type { Args } from '../../args.ts';
import type { Context, Handler } from '../../context.ts';
import { PlainError, UsageError } from '../../exit.ts';
import { hostByName, thisHost } from '../../lookup.ts';
import { type ApiRecord, asRecord } from '../../records/objects.ts';
import type { TypedRecord } from '../../records/typed.ts';

const PLUGIN = 'host-cpu-tune';
const pinnings = ['nopin', 'xpin'] as const;

type Request =
  | { readonly verb: 'show' | 'advise' | 'reset' }
  | { readonly verb: 'set'; readonly vcpus: string; readonly pinning: (typeof pinnings)[number] };

/** Parameters that are no words of the request. */
const others: ReadonlySet<string> = new Set(['host', 'username', 'password', 'minimal', 'force', 'dry-run']);

const HOW = 'Give show, advise, reset, or set with the number of vCPUs and nopin or xpin';

/** Throws UsageError. */
const requestOf = (args: Args): Request => {
  const words = args.list.map(([key]) => key).filter(key => !others.has(key));
  const [verb, ...rest] = words;
  switch (verb) {
    case 'show':
    case 'advise':
    case 'reset': {
      const [stranger] = rest;
      if (stranger !== undefined) throw new UsageError(`${verb} takes no '${stranger}'`);
      return { verb };
    }
    case 'set':
      return setOf(rest);
    case undefined:
      throw new UsageError(HOW);
    default:
      throw new UsageError(`'${verb}' is none of its words. ${HOW}`);
  }
};

const setOf = (words: readonly string[]): Request => {
  const [vcpus, pinning, stranger] = words;
  if (vcpus === undefined || pinning === undefined) throw new UsageError('set needs the number of vCPUs, then nopin or xpin: set 4 nopin');
  if (!/^\d{1,5}$/.test(vcpus)) throw new UsageError(`'${vcpus}' is no number of vCPUs: set 4 nopin`);
  const found = pinnings.find(each => each === pinning);
  if (found === undefined) throw new UsageError(`'${pinning}' is no way to pin: give nopin or xpin`);
  if (stranger !== undefined) throw new UsageError(`set takes no '${stranger}'`);
  return { verb: 'set', vcpus, pinning: found };
};

const ask = async (session: Session, host: string, request: Request, flags: Readonly<Record<string, string>>): Promise<ApiRecord> => {
  const args = request.verb === 'set' ? { vcpus: request.vcpus, pinning: request.pinning, ...flags } : flags;
  try {
    return asRecord(JSON.parse(String(await session.raw('host.call_plugin', [host, PLUGIN, request.verb, args])))) ?? {};
  } catch (error) {
    if (!isXenError(error, 'XENAPI_MISSING_PLUGIN')) throw error;
    throw new PlainError('This server does not do it from afar: on XenServer and XCP-ng, run host-cpu-tune in the control domain itself.', {
      cause: error,
    });
  }
};

export const cpuTune: Handler = async context => {
  const { args, session: open } = context;
  const request = requestOf(args);
  const flags = {
    ...(args.bool('force') && { force: 'true' }),
    ...(args.bool('dry-run') && { dry_run: 'true' }),
  };
  const session = await open();
  const named = args.get('host');
  const host = named === undefined ? await thisHost(session) : await hostByName(session, named);
  const answer = await ask(session, host, request, flags);
  if (request.verb === 'advise') return tellAdvice(context, answer);
  if (request.verb !== 'show' && args.bool('dry-run')) return tellPlan(context, answer);
  return tellState(context, answer);
};

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

const pinWords = (isPinned: boolean, isExclusive: boolean): string => {
  if (!isPinned) return 'not pinned';
  return isExclusive ? 'exclusively pinned' : 'pinned';
};

/** CPUs as people write them: `CPU 1`, `CPUs 2,4-7`. */
const cpuWords = (mask: string): string => {
  const parts: string[] = [];
  const cpus = mask.split(',');
  for (const [i, cpu] of cpus.entries()) {
    const [from = '', to = from] = parts.at(-1)?.split('-') ?? [];
    const follows = i > 0 && Number(cpu) === Number(to) + 1;
    if (follows) parts[parts.length - 1] = `${from}-${cpu}`;
    else parts.push(cpu);
  }
  return `CPU${cpus.length === 1 ? '' : 's'} ${parts.join(',')}`;
};

const tellState = ({ out }: Context, answer: ApiRecord): void => {
  const [vcpus, guests, boot] = [numberOf(answer['vcpus']), textOf(answer['guest_mask']), asRecord(answer['next_boot'])];
  const [isPinned, isExclusive] = [answer['pinned'] === true, answer['exclusive'] === true];
  const notes = listOf(answer['notes']);
  const typed: TypedRecord = {
    vcpus,
    'vcpus-max': numberOf(answer['vcpus_max']),
    cpus: numberOf(answer['cpus']),
    pinned: isPinned,
    exclusive: isExclusive,
    'guest-cpus': guests ?? null,
    'next-boot': boot === undefined ? null : { vcpus: numberOf(boot['vcpus']), pinned: boot['pinned'] === true },
    notes,
  };
  if (out.typed !== undefined) return out.typed([typed], 'one');
  if (out.isMinimal) return out.lines([String(vcpus), isExclusive ? 'xpin' : 'nopin']);
  out.note(`dom0's vCPU count: ${vcpus}, ${pinWords(isPinned, isExclusive)}`);
  if (guests !== undefined) out.note(`Guests run on ${cpuWords(guests)} alone`);
  const next = boot === undefined ? undefined : { vcpus: numberOf(boot['vcpus']), isPinned: boot['pinned'] === true };
  if (next !== undefined && (next.vcpus !== vcpus || next.isPinned !== isPinned))
    out.note(`From the next boot on: ${next.vcpus}, ${pinWords(next.isPinned, guests !== undefined)}`);
  for (const note of notes) out.note(`Note: ${note}`);
};

const lineOf = (answer: ApiRecord): string => `xcp host-cpu-tune set ${numberOf(answer['vcpus'])} ${textOf(answer['pinning']) ?? 'nopin'}`;

const tellAdvice = ({ out }: Context, answer: ApiRecord): void => {
  const [cpus, vcpus, pinning] = [numberOf(answer['cpus']), numberOf(answer['vcpus']), textOf(answer['pinning']) ?? ''];
  if (out.typed !== undefined) return out.typed([{ cpus, vcpus, pinning }], 'one');
  if (out.isMinimal) return out.lines([String(vcpus), pinning]);
  const how = pinning === 'xpin' ? 'exclusively pinned' : 'not pinned';
  out.note(
    `On a host of ${cpus} CPU${cpus === 1 ? '' : 's'}, dom0 should have ${vcpus} vCPU${vcpus === 1 ? '' : 's'}, ${how}:\n\n    ${lineOf(answer)}\n`,
  );
};

const tellPlan = ({ out }: Context, answer: ApiRecord): void => {
  const [vcpus, pinning, guests, disturbs] = [
    numberOf(answer['vcpus']),
    textOf(answer['pinning']) ?? '',
    textOf(answer['guest_mask']),
    listOf(answer['disturbs']),
  ];
  if (out.typed !== undefined) return out.typed([{ vcpus, pinning, 'guest-cpus': guests ?? null, disturbs }], 'one');
  out.note(
    `dom0 would have ${vcpus} vCPU${vcpus === 1 ? '' : 's'}, ${pinWords(pinning === 'xpin', pinning === 'xpin')}; nothing was changed`,
  );
  if (guests !== undefined) out.note(`Guests would run on ${cpuWords(guests)} alone`);
  for (const sentence of disturbs) out.note(`! ${sentence}`);
};
