// The whole pool: its coordinator, defaults and services.

import { defineClass } from '../dsl.ts';
import { fields } from './pool/fields.ts';
import { membershipMessages } from './pool/membership.ts';
import { securityMessages } from './pool/security.ts';
import { servicesMessages } from './pool/services.ts';

export const pool = defineClass({
  name: 'pool',
  byNameLabel: false,
  since: 'rio',
  fields: { ...fields },
  messages: { ...membershipMessages, ...securityMessages, ...servicesMessages },
});
