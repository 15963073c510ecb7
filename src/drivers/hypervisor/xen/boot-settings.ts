// What the next boot of this Xen host gives its control domain: words on Xen's command line, in a file of our own that GRUB's configuration is made
// from. Files of others are read at most, never written. The words stand behind all others, and of two that differ Xen takes the last.

import { messageOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import type { BootSettings } from '../../control-domain.ts';
import { ToolError } from '../../tool.ts';
import { isMissing } from '../os-errors.ts';
import type { Dom0 } from './dom0.ts';

/** Read after all others of its directory. */
export const BOOT_FILE = '/etc/default/grub.d/zz-xcp.cfg';
export const GRUB_CONFIG = '/boot/grub/grub.cfg';
/** GRUB's configuration is made anew by scripts that may look at every disk. */
const UPDATE_MS = 300_000;
const MIB = 1 << 20;
const NO_PROGRAM = 127;

const HEADING = '# Made by xcp: what the control domain of this Xen host gets at boot.';
const VARIABLE = 'GRUB_CMDLINE_XEN_DEFAULT';

/** The words on Xen's command line, in order. */
export const xenWords = ({ vcpus, isPinned, memoryBytes }: BootSettings): readonly string[] => {
  const mib = memoryBytes === undefined ? 0 : Math.floor(memoryBytes / MIB);
  return [
    ...(vcpus === undefined ? [] : [`dom0_max_vcpus=1-${vcpus}`, ...(isPinned === true ? ['dom0_vcpus_pin'] : [])]),
    ...(memoryBytes === undefined ? [] : [`dom0_mem=${mib}M,max:${mib}M`]),
  ];
};

/** Undefined: no file is needed. */
export const bootFile = (settings: BootSettings): string | undefined => {
  const words = xenWords(settings);
  if (words.length === 0) return undefined;
  return `${HEADING}
# It is written again and removed by xcp host-cpu-tune and xcp vm-memory-set: put other settings into other files.
${VARIABLE}="$${VARIABLE} ${words.join(' ')}"
`;
};

/** Throws DriverError `in-use` for a file that is none of ours. */
export const parseBootFile = (text: string): BootSettings => {
  if (!text.startsWith(HEADING)) {
    throw new DriverError('in-use', `${BOOT_FILE} was written by somebody else: move it away, it is where xcp keeps its own settings`);
  }
  const words = text
    .slice(text.indexOf(`\n${VARIABLE}="`) + 1)
    .replaceAll('"', ' ')
    .split(/\s+/);
  const vcpus = words.map(word => /^dom0_max_vcpus=1-(\d{1,5})$/.exec(word)?.[1]).find(found => found !== undefined);
  const mib = words.map(word => /^dom0_mem=(\d{1,9})M,/.exec(word)?.[1]).find(found => found !== undefined);
  return {
    ...(vcpus !== undefined && { vcpus: Number(vcpus), isPinned: words.includes('dom0_vcpus_pin') }),
    ...(mib !== undefined && { memoryBytes: Number(mib) * MIB }),
  };
};

export const readBootSettings = async (dom0: Dom0): Promise<BootSettings> => {
  const text = await dom0.readText(BOOT_FILE);
  return text === undefined ? {} : parseBootFile(text);
};

/** A machine that other ways start. `words`: what is to be given there. */
const otherLoader = (why: string, words: readonly string[], cause: unknown): DriverError =>
  new DriverError('unsupported', words.length === 0 ? why : `${why}: give Xen ${words.join(' ')} there`, { cause });

const put = async (dom0: Dom0, text: string | undefined, words: readonly string[]): Promise<void> => {
  if (text === undefined) return dom0.remove(BOOT_FILE);
  try {
    await dom0.writeText(BOOT_FILE, text, 0o644);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw otherLoader(
      "there is no /etc/default/grub.d on this machine, which is started by another loader than Debian's GRUB",
      words,
      error,
    );
  }
};

/** It must come to its end whatever becomes of this process: half a configuration does not boot. */
const updateGrub = async (dom0: Dom0, words: readonly string[]): Promise<void> => {
  try {
    await dom0.run('update-grub', [], { signal: AbortSignal.timeout(UPDATE_MS), outlives: true });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (error.exitCode === NO_PROGRAM) {
      throw otherLoader("there is no update-grub on this machine, which is started by another loader than Debian's GRUB", words, error);
    }
    throw new DriverError('failed', `update-grub could not make the configuration of the loader: ${error.stderr.trim().slice(-400)}`, {
      cause: error,
    });
  }
};

/** What Xen would take of its first entry in GRUB's configuration, by the name of the option: the last of several counts. */
const bootedWith = (grub: string): ReadonlyMap<string, string> | undefined => {
  const line = grub.split('\n').find(each => /^\s*(multiboot2?|xen_hypervisor)\s+\S*xen/.test(each));
  return line === undefined ? undefined : new Map(line.split(/\s+/).map(word => [nameOf(word), word]));
};

const nameOf = (word: string): string => word.replace(/=.*$/s, '');

/** Why the next boot may be another than the one asked for, as far as GRUB's configuration shows it. */
const notesOf = (grub: string, before: readonly string[], words: readonly string[]): readonly string[] => {
  const booted = bootedWith(grub);
  if (booted === undefined) {
    return words.length === 0 ? [] : [`${GRUB_CONFIG} starts no Xen: give the loader that does ${words.join(' ')}`];
  }
  const asked = new Map(words.map(word => [nameOf(word), word]));
  // What was never asked for is nobody's concern.
  const names = new Set([...before, ...words].map(nameOf));
  return [...names, ...(names.has('dom0_max_vcpus') && !names.has('dom0_vcpus_pin') ? ['dom0_vcpus_pin'] : [])].flatMap(name => {
    const [wanted, found] = [asked.get(name), booted.get(name)];
    if (wanted === found) return [];
    if (wanted === undefined) return [`another file of /etc/default gives Xen ${found}, which stays until it is removed there`];
    return [`${GRUB_CONFIG} gives Xen ${found ?? `no ${name}`} and not ${wanted}: something else decides its command line`];
  });
};

export const keepBootSettings = async (dom0: Dom0, settings: BootSettings): Promise<readonly string[]> => {
  const before = await dom0.readText(BOOT_FILE);
  // Throws for a file that is none of ours.
  const old = before === undefined ? {} : parseBootFile(before);
  const words = xenWords(settings);
  await put(dom0, bootFile(settings), words);
  try {
    await updateGrub(dom0, words);
  } catch (error) {
    await put(dom0, before, words).catch((second: unknown) => {
      throw new DriverError('failed', `${messageOf(error)}; nor could ${BOOT_FILE} be put back: ${messageOf(second)}`, { cause: error });
    });
    throw error;
  }
  // What a crash of the machine must not take back.
  await dom0.run('sync', ['-f', '/etc/default/grub.d', GRUB_CONFIG], { signal: AbortSignal.timeout(UPDATE_MS) });
  return notesOf((await dom0.readText(GRUB_CONFIG)) ?? '', xenWords(old), words);
};
