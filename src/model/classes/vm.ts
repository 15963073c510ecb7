// A virtual machine, a template or a snapshot.

import { defineClass } from '../dsl.ts';
import { fields } from './vm/fields.ts';
import { migrationMessages } from './vm/migration.ts';
import { memoryMessages } from './vm/memory.ts';
import { powerMessages } from './vm/power.ts';
import { configurationMessages } from './vm/configuration.ts';

export const VM = defineClass({
  name: 'VM',
  byNameLabel: true,
  lifecycleRole: 'vm-admin',
  since: 'rio',
  changes: ['published:rio', 'changed:1.257.0'],
  fields: { ...fields },
  messages: { ...migrationMessages, ...memoryMessages, ...powerMessages, ...configurationMessages },
});
