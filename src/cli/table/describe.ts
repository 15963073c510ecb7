// How a parameter is written, with what may stand behind its `=`: for the pages and for the help on a terminal.

import { takesName } from '../args.ts';
import { cliClasses, loadRecord } from '../records/classes.ts';
import type { ParamInfo } from './params.ts';

/** `sr-uuid=UUID|NAME`, `live=true|false`, `vdi:DISK=SR`. */
export const written = async (command: string, param: ParamInfo): Promise<string> => {
  const odd = oddWords[`${command} ${param.name}`];
  if (odd !== undefined) return odd;
  if (param.type.kind === 'map') return `${param.name}:${mapWords[`${command} ${param.name}`] ?? mapWords[param.name] ?? 'KEY=VALUE'}`;
  return `${param.name}=${await placeholder(param)}`;
};

/** Typed in a way of their own. */
const oddWords: Readonly<Record<string, string>> = {
  'apply f': '-f FILE',
  'batch f': '-f FILE',
  'batch parallel': '--parallel N',
  'completion bash': 'bash',
  'completion fish': 'fish',
  'completion install': 'install',
  'completion zsh': 'zsh',
};

/** By parameter, or `command parameter`. */
const mapWords: Readonly<Record<string, string>> = {
  'vdi-create tags': 'WORD',
  'vm-import vdi': 'DISK=DISK',
  database: 'vdi-uuid=UUID',
  'image-format': 'DISK=FORM',
  vdi: 'DISK=SR',
  vif: 'INTERFACE=NETWORK',
};

const LONGEST = 24;

const wordsOf = (values: readonly string[]): readonly string[] => values.filter(value => value !== '');
const isShort = (values: readonly string[]): boolean => wordsOf(values).join('|').length <= LONGEST;

/** The sentence about a parameter, and the words that it takes where they stand neither in it nor behind the `=`. */
export const withChoices = (meaning: string, { type }: ParamInfo): string => {
  if (type.kind !== 'choice' || isShort(type.values) || type.values.every(value => meaning.includes(value))) return meaning;
  return `${meaning} One of ${wordsOf(type.values).join(', ')}.`;
};

const placeholder = async ({ name, type }: ParamInfo): Promise<string> => {
  if (name.endsWith('uuids')) return 'UUID,…';
  switch (type.kind) {
    case 'uuid':
      return takesName(name) && (await hasNames(type.cls)) ? 'UUID|NAME' : 'UUID';
    case 'name':
      return name.endsWith('name-label') ? 'NAME' : 'NAME|UUID';
    case 'choice':
      return isShort(type.values) ? wordsOf(type.values).join('|') : 'WORD';
    case 'flag':
      return 'true|false';
    case 'number':
      return 'NUMBER';
    case 'size':
      return 'SIZE';
    case 'file':
      return 'FILE';
    case 'field':
      return 'FIELD';
    case 'fields':
      return 'FIELD,…';
    case 'map':
    case 'text':
      return texts[name] ?? 'TEXT';
    default:
      return type satisfies never;
  }
};

const texts: Readonly<Record<string, string>> = {
  addresses: 'ADDRESS,…',
  address: 'ADDRESS',
  'cd-name': 'NAME',
  after: 'TIME',
  before: 'TIME',
  DNS: 'ADDRESS,…',
  gateway: 'ADDRESS',
  IP: 'ADDRESS',
  IPv6: 'ADDRESS/LENGTH',
  mac: 'MAC',
  'master-address': 'ADDRESS',
  'name-label': 'NAME',
  netmask: 'ADDRESS',
  network: 'NAME',
  'new-name-label': 'NAME',
  'remote-fingerprint': 'SHA256',
  'remote-master': 'SERVER',
  'remote-network': 'NAME|UUID',
  'remote-username': 'USER',
  'remote-password': 'PASSWORD',
  since: 'TIME',
  vlan: 'TAG',
};

/** Whether a name may stand for the uuid, see names.ts. */
const hasNames = async (cls: keyof typeof cliClasses): Promise<boolean> => {
  const { api, record } = cliClasses[cls];
  return api === 'host' || 'name-label' in (await loadRecord(record)).fields;
};
