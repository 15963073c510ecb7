// Which features of the processors guests have: what Xen gives them by itself, read from `xen-cpuid`, and how a guest is given fewer.
//
// A guest boots with Xen's default set, less what its specification does without; it may arrive with any of the maximal set. Its own choice is kept in the
// stream of its memory, so only a guest that boots is told. Xen takes away what needs a feature that is taken away.

import { commonFeatures, type Featureset, featuresBeyond, hasBit, hasFeatures, parseFeatureset } from '../../../lib/featureset.ts';
import { DriverError, type GuestFeatures, type GuestSpec } from '../../hypervisor.ts';
import { ToolError } from '../../tool.ts';
import type { Dom0 } from './dom0.ts';
import { domainKind } from './kind.ts';

const QUICK_MS = 60_000;
/** xl's own tools are asked; a report is some three kilobytes. */
const MOST_CHARACTERS = 64 * 1024;
const BITS = 32;

/** The register behind each word, as guests' configurations name it; none for halves of an MSR. */
const REGISTERS: readonly (string | undefined)[] = [
  ...['1:edx', '1:ecx', '0x80000001:edx', '0x80000001:ecx', '0xd,1:eax', '7,0:ebx', '7,0:ecx', '0x80000007:edx', '0x80000008:ebx'],
  ...['7,0:edx', '7,1:eax', '0x80000021:eax', '7,1:ebx', '7,2:edx', '7,1:ecx', '7,1:edx', undefined, undefined, '0x80000021:ecx'],
];

/** The feature by which a guest knows of the MSR that has no register of its own. */
const ARCH_CAPS = { word: 9, bit: 29 };

const SET = /^(?<name>PV Default|PV Max|HVM Default|HVM Max) +(?<words>[0-9a-f]{8}(:[0-9a-f]{8})*)$/;

/** Of what `xen-cpuid` prints: the sets of this machine, which come after those that any may have. Undefined when one is missing; a host without HVM has none of it. */
export const parseCpuidReport = (report: string): GuestFeatures | undefined => {
  const dynamic = report.slice(0, MOST_CHARACTERS).split(/^Dynamic sets:$/m)[1] ?? '';
  const sets = new Map<string, string>();
  for (const line of dynamic.split('\n')) {
    const { name = '', words = '' } = SET.exec(line.trim())?.groups ?? {};
    const text = words.replaceAll(':', '-');
    if (name !== '' && parseFeatureset(text) !== undefined) sets.set(name, text);
  }
  const level = (kind: string) => ({ atBoot: sets.get(`${kind} Default`) ?? '', atMost: sets.get(`${kind} Max`) ?? '' });
  const [pv, hvm] = [level('PV'), level('HVM')];
  return pv.atBoot === '' || pv.atMost === '' ? undefined : { pv, hvm };
};

export type ReadFeatures = () => Promise<GuestFeatures>;

/** Asks once: they stay what they are until the machine boots anew. Rejects with DriverError `failed`; then the next call asks again. */
export const createFeatureReader = (dom0: Dom0): ReadFeatures => {
  let reading: Promise<GuestFeatures> | undefined;
  const read = async (): Promise<GuestFeatures> => {
    const tried = 'asking Xen for the features of the processors';
    const report = await dom0.run('xen-cpuid', [], { signal: AbortSignal.timeout(QUICK_MS) }).catch((cause: unknown) => {
      const reason = cause instanceof ToolError ? cause.message : `xen-cpuid did not come to an end within ${QUICK_MS} ms`;
      throw new DriverError('failed', `${tried}: ${reason}`, { cause });
    });
    const found = parseCpuidReport(report);
    if (found === undefined) throw new DriverError('failed', `${tried}: xen-cpuid did not tell what guests have`);
    return found;
  };
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
};

const maskText = (register: string, hidden: number): string =>
  `${register}=${Array.from({ length: BITS }, (_, i) => (((hidden >>> (BITS - 1 - i)) & 1) === 1 ? '0' : 'x')).join('')}`;

/** A part of an MSR cannot be hidden, so all of it is. */
const withoutMsr = (hidden: Featureset, given: Featureset): Featureset => {
  const isMsrShort = hidden.some((word, i) => word !== 0 && REGISTERS[i] === undefined);
  if (!isMsrShort || !hasBit(given, ARCH_CAPS.word, ARCH_CAPS.bit)) return hidden;
  return Array.from({ length: Math.max(hidden.length, ARCH_CAPS.word + 1) }, (_, i) =>
    i === ARCH_CAPS.word ? ((hidden[i] ?? 0) | (1 << ARCH_CAPS.bit)) >>> 0 : (hidden[i] ?? 0),
  );
};

/** What a guest that may have no more than `most` is refused of what Xen would give it: `cpuid` of xl's configuration, a text for each register. */
export const cpuidMasks = (given: Featureset, most: Featureset): readonly string[] => {
  const hidden = withoutMsr(featuresBeyond(given, most), given);
  return hidden.flatMap((word, i) => {
    const register = REGISTERS[i];
    return word === 0 || register === undefined ? [] : [maskText(register, word)];
  });
};

/** For a guest that boots here. None where its specification leaves it to Xen. Throws `bad-config` for a level that is none. */
export const masksOf = async (
  spec: Pick<GuestSpec, 'boot' | 'domainType' | 'cpuFeatures'>,
  readFeatures: ReadFeatures,
): Promise<readonly string[]> => {
  const { cpuFeatures } = spec;
  if (cpuFeatures === undefined) return [];
  const most = parseFeatureset(cpuFeatures);
  if (most === undefined) throw new DriverError('bad-config', `${cpuFeatures.slice(0, 100)} is no set of processor features`);
  const { pv, hvm } = await readFeatures();
  const given = parseFeatureset((domainKind(spec) === 'pv' ? pv : hvm).atBoot) ?? [];
  // Xen itself refuses such guests.
  if (!hasFeatures(given)) return [];
  if (!hasFeatures(commonFeatures(given, most)))
    throw new DriverError('bad-config', 'the guest is to have no feature of this host’s processors: no guest boots without any');
  return cpuidMasks(given, most);
};
