// Tap devices of guests: persistent, so that they are there before the hypervisor and stay while it restarts. Each bears its owner's tag
// and the VIF's id as its alias, kept by the kernel: leftovers are found without a record of our own.

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { DriverError } from '../../hypervisor.ts';
import { runTool, ToolError } from '../../tool.ts';

const classDir = '/sys/class/net';

/** The kernel's limit is 15 characters. Different for each host on one machine, since a VIF may be on two of them while it migrates. */
export const tapName = (tag: string, vifId: string): string =>
  `tap${createHash('sha256').update(`${tag}\n${vifId}`).digest('hex').slice(0, 12)}`;

const alias = (tag: string, vifId: string): string => `xcp ${tag} ${vifId}`;

const aliasOf = async (ifname: string): Promise<string | undefined> =>
  readFile(`${classDir}/${ifname}/ifalias`, 'utf8').then(
    text => text.trim(),
    () => undefined, // the device does not exist
  );

export interface Tap {
  readonly ifname: string;
  readonly vifId: string;
  readonly mtu: number;
}

const runBatch = async (lines: readonly string[]): Promise<void> => {
  if (lines.length === 0) return;
  try {
    // One run for all; -force goes on after a line that fails, and what came of each is looked at afterwards.
    await runTool('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  } catch (error) {
    if (!(error instanceof ToolError) || error.exitCode === 127) throw error;
  }
};

/** Makes the devices that are missing. Returns why, for each that could not be made. */
export const makeTaps = async (tag: string, taps: readonly Tap[]): Promise<ReadonlyMap<string, DriverError>> => {
  const missing: Tap[] = [];
  for (const tap of taps) if ((await aliasOf(tap.ifname)) !== alias(tag, tap.vifId)) missing.push(tap);
  await runBatch(
    missing.flatMap(({ ifname, vifId, mtu }) => [
      `tuntap add dev ${ifname} mode tap`,
      `link set dev ${ifname} alias "${alias(tag, vifId)}"`,
      `link set dev ${ifname} mtu ${mtu} up`,
    ]),
  );
  const failures = new Map<string, DriverError>();
  for (const { ifname, vifId } of missing)
    if ((await aliasOf(ifname)) !== alias(tag, vifId))
      failures.set(
        ifname,
        new DriverError('failed', `the tap device ${ifname} could not be made; does /dev/net/tun exist, and is this root?`),
      );
  return failures;
};

/** Idempotent. */
export const removeTaps = async (ifnames: readonly string[]): Promise<void> => {
  const there: string[] = [];
  for (const ifname of ifnames) if ((await aliasOf(ifname)) !== undefined) there.push(ifname);
  await runBatch(there.map(ifname => `link del dev ${ifname}`));
};

/** VIFs of this host that have tap devices, whether on the switch or not. */
export const tapVifs = async (tag: string): Promise<readonly string[]> => {
  const prefix = alias(tag, '');
  const names = (await readdir(classDir)).filter(name => name.startsWith('tap'));
  const aliases = await Promise.all(names.map(aliasOf));
  return aliases.flatMap(text => (text?.startsWith(prefix) ? [text.slice(prefix.length)] : []));
};
