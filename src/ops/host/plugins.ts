// Plugins of this host: functions of its own behind `host.call_plugin`, for what the XenAPI has no message for. They are part of the program;
// none is looked for on disk.

import { XenError } from '../../model/error.ts';
import type { Call } from '../context.ts';
import { toXenError } from '../errors.ts';
import { seed } from '../cloud-init/plugin.ts';
import { cpuTune } from '../control-domain/tune.ts';
import { doReset } from '../network/reset/apply.ts';
import { showBonds } from './bond-plugin.ts';
import { listDomains } from './domain-plugin.ts';
import { showNeighbours } from './lldp-plugin.ts';
import { confirmTrial, showTrial } from './trial-plugin.ts';

type PluginFunction = (call: Call, args: Readonly<Record<string, string>>) => Promise<string>;

const plugins: ReadonlyMap<string, ReadonlyMap<string, PluginFunction>> = new Map([
  [
    'network-trial',
    new Map<string, PluginFunction>([
      ['show', showTrial],
      ['confirm', confirmTrial],
    ]),
  ],
  [
    'network-reset',
    new Map<string, PluginFunction>([['apply', async call => JSON.stringify(await doReset(call.services, { withSwitch: true }))]]),
  ],
  ['lldp', new Map<string, PluginFunction>([['show', showNeighbours]])],
  ['bond-status', new Map<string, PluginFunction>([['show', showBonds]])],
  ['host-cpu-tune', cpuTune],
  ['domains', new Map<string, PluginFunction>([['list', listDomains]])],
  ['cloud-init', new Map<string, PluginFunction>([['seed', seed]])],
]);

/** Rejects with XENAPI_MISSING_PLUGIN, or XENAPI_PLUGIN_FAILURE for a function that the plugin does not have. */
export const callPlugin = async (call: Call, plugin: string, fn: string, args: Readonly<Record<string, string>>): Promise<string> => {
  const functions = plugins.get(plugin);
  if (functions === undefined) throw new XenError('XENAPI_MISSING_PLUGIN', [plugin]);
  const run = functions.get(fn);
  if (run === undefined)
    throw new XenError('XENAPI_PLUGIN_FAILURE', [fn, 'UnknownFunction', `${plugin} has: ${[...functions.keys()].join(', ')}`]);
  try {
    return await run(call, args);
  } catch (error) {
    throw toXenError(error);
  }
};
