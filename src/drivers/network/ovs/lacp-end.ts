// A bond that is told to do without LACP keeps the members disabled that LACP had disabled: the switch looks at its members again only when
// something happens to a link. So something harmless is made to happen: a NIC is told the group that it is in already, of which the
// kernel tells everyone. Without this a bond whose partner never spoke would stay on one NIC, or on none, in its new mode.

import { readFile } from 'node:fs/promises';
import type { Logger } from '../../../lib/logger.ts';
import { runTool } from '../../tool.ts';
import type { SwitchView } from './switch-view.ts';

const isSpeaking = (lacp: unknown): boolean => lacp === 'active' || lacp === 'passive';

/** Names of the ports that speak LACP now. */
export const lacpPorts = (view: SwitchView): ReadonlySet<string> =>
  new Set([...view.ports.values()].flatMap(({ name, columns }) => (isSpeaking(columns['lacp']) ? [name] : [])));

/** `before`: ports that spoke before the change that the switch has now. */
export const afterLacpEnds = async (view: SwitchView, before: ReadonlySet<string>, log: Logger): Promise<void> => {
  const quiet = [...view.ports.values()].find(({ name, columns }) => before.has(name) && !isSpeaking(columns['lacp']));
  const device = quiet?.interfaces.map(id => view.interfaces.get(id)?.name).find(name => name !== undefined);
  if (device === undefined) return;
  try {
    // One link is enough: the switch then looks at all of its ports.
    const group = (await readFile(`/sys/class/net/${device}/netdev_group`, 'utf8')).trim();
    await runTool('ip', ['link', 'set', 'dev', device, 'group', group]);
  } catch (error) {
    log.warn(`members of a bond may stay unused until a link changes: ${device} could not be touched`, { error });
  }
};
