// Where more is said about a command: its page of the manual, and the commands next to it.

import { findCommand } from '../commands.ts';
import { genericVerbs, parseGeneric } from './generic.ts';
import { loadGroup } from './groups.ts';
import { ownRows } from './own.ts';
import { commandClass } from './params.ts';

/** The group whose page tells of the command: its class, or its first word. */
export const groupOf = (command: string): string => commandClass(command) ?? command.split('-')[0] ?? command;

export const manualPage = (command: string): string => {
  if (command === 'apply') return 'xcp-apply(5)';
  if (command === 'host-network-reset') return 'xcp-host-network-reset(8)';
  return Object.hasOwn(ownRows, command) || command === 'help' ? 'xcp(1)' : `xcp-${groupOf(command)}(1)`;
};

/** Commands of other groups that one looks for from here. */
export const related: Readonly<Record<string, readonly string[]>> = {
  apply: ['batch', 'network-show'],
  batch: ['apply', 'completion'],
  'bond-create': ['bond-show', 'network-show', 'pif-list'],
  'bond-set-mode': ['bond-show'],
  'bond-show': ['network-show', 'bond-list', 'bond-create', 'bond-set-mode'],
  completion: ['help'],
  console: ['console-list', 'vm-start'],
  explain: ['task-list', 'help'],
  help: ['explain', 'completion'],
  'host-cpu-tune': ['host-cpu-list', 'host-reboot', 'vm-memory-set'],
  'host-domain-list': ['vm-list', 'host-cpu-tune'],
  'host-evacuate': ['vm-migrate'],
  'host-management-reconfigure': ['host-network-confirm', 'pif-reconfigure-ip'],
  'host-network-reset': ['host-network-confirm', 'host-management-reconfigure', 'network-show'],
  'host-network-confirm': ['host-management-reconfigure', 'pif-reconfigure-ip', 'network-show'],
  login: ['logout'],
  logout: ['login'],
  'network-create': ['vlan-create', 'network-show'],
  'network-show': ['bond-show', 'network-list', 'pif-list'],
  'pif-reconfigure-ip': ['host-network-confirm', 'host-management-reconfigure'],
  'pool-join': ['host-list'],
  'pool-vlan-create': ['vlan-create', 'vlan-destroy', 'network-show'],
  'snapshot-revert': ['vm-snapshot', 'vm-checkpoint'],
  'sr-create': ['pbd-create', 'pbd-plug'],
  'task-cancel': ['explain'],
  'vdi-create': ['vbd-create'],
  'vlan-create': ['pool-vlan-create', 'network-show'],
  'vm-checkpoint': ['snapshot-revert', 'vm-resume'],
  'vm-disk-add': ['vdi-create', 'vbd-create'],
  'vm-install': ['template-list', 'vm-cd-add', 'vif-create', 'vm-start'],
  'vm-migrate': ['host-evacuate', 'vdi-pool-migrate', 'vm-copy'],
  'vm-snapshot': ['snapshot-revert', 'snapshot-list'],
};

const EACH_SIDE = 2;

/** The related ones, those before and behind it in its group, and the list of its class. */
export const neighbours = async (command: string): Promise<readonly string[]> => {
  const cls = commandClass(command);
  const list = cls === undefined ? [] : [`${cls}-list`];
  return [...new Set([...(related[command] ?? []), ...(await beside(command)), ...list])].filter(name => name !== command);
};

const beside = async (command: string): Promise<readonly string[]> => {
  const generic = parseGeneric(command);
  if (generic !== undefined) return await verbsOf(generic.cls, command);
  const { rows = {} } = (await loadGroup(command.split('-')[0] ?? '')) ?? {};
  const names = Object.keys(rows).filter(name => groupOf(name) === groupOf(command) && (rows[name]?.help !== 'hidden' || name === command));
  const at = names.indexOf(command);
  return at < 0 ? [] : names.slice(Math.max(0, at - EACH_SIDE), at + EACH_SIDE + 1);
};

const verbsOf = async (cls: string, command: string): Promise<readonly string[]> => {
  const found = await Promise.all(genericVerbs.map(verb => findCommand(`${cls}-${verb}`)));
  return found.flatMap(each => (each === undefined || each.name === command ? [] : [each.name]));
};
