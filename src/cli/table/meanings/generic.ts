// Parameters of the commands that every class has: lists, and the fields of one object.

import { cliClasses, type CliClassName } from '../../records/classes.ts';
import type { GenericCommand } from '../generic.ts';
import { fieldMeaning } from './fields.ts';
import { uuidMeaning } from './objects.ts';

const shown = (cls: CliClassName): string => {
  const fields = cliClasses[cls].shown;
  const first = fields.slice(0, MOST_SHOWN).join(',');
  return fields.length === 0 ? 'all' : `${first}${fields.length > MOST_SHOWN ? ',…' : ''}`;
};

const MOST_SHOWN = 4;

/** The name as the row writes it: `field`, `field:` or `field:contains`. */
export const genericMeaning = ({ cls, verb }: GenericCommand, written: string): string => {
  const [field = '', contains] = written.split(':');
  if (written === 'uuid' && verb !== 'list') return uuidMeaning(cls);
  if (written === 'params') return `Fields to show, with commas between; \`all\` shows every one. The default is ${shown(cls)}.`;
  if (field === 'database') return 'The disk with a saved database to read from, in place of that of the pool: database:vdi-uuid=UUID.';
  if (written === 'param-name') return 'The name of the field.';
  if (written === 'param-key') return keyMeanings[verb] ?? 'The key.';
  if (contains === 'contains') return `Only those that have this among their ${field}.`;
  if (verb === 'list') return `Only those whose ${field} is this.`;
  return fieldMeaning(cls, field) ?? `The new ${field}.`;
};

const keyMeanings: Readonly<Record<string, string>> = {
  'param-get': 'Of a map: the key whose value is shown.',
  'param-add': 'Of a set: the member to add. To a map, KEY=VALUE is given instead.',
  'param-remove': 'Of a map: the key to remove; of a set: the member.',
};
