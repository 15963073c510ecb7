// The settings of a bond, which depend on its mode. Pure.

import { XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';

type Properties = Readonly<Record<string, string>>;
type Mode = RecordOf<'Bond'>['mode'];

interface Rule {
  readonly name: string;
  readonly accepts: (value: string) => boolean;
  readonly default?: string;
}

const MAX_AGGREGATION_KEY = 65_535;

const oneOf =
  (...choices: readonly string[]): Rule['accepts'] =>
  value =>
    choices.includes(value);

const lacp: readonly Rule[] = [
  { name: 'hashing_algorithm', accepts: oneOf('src_mac', 'tcpudp_ports'), default: 'tcpudp_ports' },
  { name: 'lacp-time', accepts: oneOf('fast', 'slow'), default: 'slow' },
  { name: 'lacp-aggregation-key', accepts: value => /^\d+$/.test(value) && Number(value) <= MAX_AGGREGATION_KEY },
  { name: 'lacp-fallback-ab', accepts: oneOf('true', 'false'), default: 'true' },
];

const rulesOf = (mode: Mode): readonly Rule[] => (mode === 'lacp' ? lacp : []);

/** Throws INVALID_VALUE for a setting that the mode does not have, or a value that it does not take. */
const assertProperty = (mode: Mode, name: string, value: string): void => {
  const rule = rulesOf(mode).find(each => each.name === name);
  if (rule?.accepts(value) !== true) throw new XenError('INVALID_VALUE', ['properties', `${name} = ${value}`]);
};

/** What is left open takes the default. */
const completed = (mode: Mode, given: Properties): Properties => {
  let properties = given;
  for (const { name, default: value } of rulesOf(mode)) {
    if (value !== undefined && !Object.hasOwn(properties, name)) properties = { [name]: value, ...properties };
  }
  return properties;
};

export const newProperties = (mode: Mode, given: Properties): Properties => {
  for (const [name, value] of Object.entries(given)) assertProperty(mode, name, value);
  // The entries arrive last first, as everything that is added to a map.
  return completed(mode, Object.fromEntries(Object.entries(given).reverse()));
};

export const changedProperty = (mode: Mode, before: Properties, name: string, value: string): Properties => {
  assertProperty(mode, name, value);
  const { [name]: _old, ...rest } = before;
  return { [name]: value, ...rest };
};

/** The settings that the new mode has too stay. */
export const propertiesForMode = (mode: Mode, before: Properties): Properties => {
  const names = new Set(rulesOf(mode).map(rule => rule.name));
  return completed(mode, Object.fromEntries(Object.entries(before).filter(([name]) => names.has(name))));
};
