// A physical machine of the pool.

import { defineClass } from '../dsl.ts';
import { fields } from './host/fields.ts';
import { powerMessages } from './host/power.ts';
import { securityMessages } from './host/security.ts';
import { networkMessages } from './host/network.ts';
import { resourcesMessages } from './host/resources.ts';

export const host = defineClass({
  name: 'host',
  byNameLabel: true,
  since: 'rio',
  fields: { ...fields },
  messages: { ...powerMessages, ...securityMessages, ...networkMessages, ...resourcesMessages },
});
