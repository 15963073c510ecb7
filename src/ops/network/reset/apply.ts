// A reset of the network on a running host, and at a start that finds the file of one: records first, then the switch from the records, then
// the file goes. Cut short, the next start does it again.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../../drivers/errno.ts';
import { change } from '../../change.ts';
import type { Services } from '../../context.ts';
import { postMessage } from '../../message/post.ts';
import { applyNetwork } from '../apply.ts';
import { recordAddresses } from '../record-addresses.ts';
import { deleteTrialRecord } from '../trial/record.ts';
import { currentSettings, resetRecords } from './records.ts';
import { managementConf, type NetworkSettings, parseSettings, resetFiles, wrongWith } from './settings.ts';

const readIfThere = async (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });

/** The reset that waits to be done; undefined: none, or one that cannot be read, which is said in the log. */
const pendingReset = async ({ settings, log }: Services): Promise<NetworkSettings | undefined> => {
  const { reset } = resetFiles(settings.stateDir);
  const text = await readIfThere(reset);
  if (text === undefined) return undefined;
  const parsed = parseSettings(text);
  const wrong = parsed ? wrongWith(parsed) : 'it names no device';
  if (wrong !== undefined) log.error('a reset of the network cannot be done', { file: reset, reason: wrong });
  return wrong === undefined ? parsed : undefined;
};

/** Whether there was a reset to do. `withSwitch`: else the switch is left to the start that goes on. */
export const doReset = async (services: Services, { withSwitch }: { readonly withSwitch: boolean }): Promise<boolean> => {
  const { db, self, settings, log, networkTrials } = services;
  const wanted = await pendingReset(services);
  if (!wanted) return false;
  await change(db, tx => {
    resetRecords(tx, self.host, wanted);
    deleteTrialRecord(tx);
  });
  await networkTrials.forget();
  if (withSwitch) {
    await applyNetwork(services);
    await recordAddresses(services);
  }
  await rm(resetFiles(settings.stateDir).reset, { force: true });
  log.warn('the network was reset', { device: wanted.device, mode: wanted.mode, modeV6: wanted.modeV6, vlan: wanted.vlan });
  const body = `The network of the host was reset: it is managed by ${wanted.device}; its bonds, VLANs and tunnels are gone.`;
  await postMessage(services, { name: 'NETWORK_RESET', priority: 3, cls: 'Host', obj_uuid: db.need('host', self.host).uuid, body });
  return true;
};

/** What a reset goes back to, where the installation left nothing: how the host is managed at its first start. */
export const keepFirstBoot = async ({ db, self, settings, log }: Services): Promise<void> => {
  const { firstBoot } = resetFiles(settings.stateDir);
  try {
    if ((await readIfThere(firstBoot)) !== undefined) return;
    const current = currentSettings(db, self.host);
    if (!current) return;
    await mkdir(dirname(firstBoot), { recursive: true });
    await writeFile(firstBoot, managementConf(current), { mode: 0o600, flush: true });
  } catch (error) {
    log.warn('the settings of the first start could not be kept for a reset of the network', { file: firstBoot, error });
  }
};
