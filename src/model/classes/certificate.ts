// An X.509 certificate known to the pool or a host.

import { defineClass } from '../dsl.ts';

export const Certificate = defineClass({
  name: 'Certificate',
  since: 'stockholm',
  fields: {
    uuid: { type: 'string' },
    name: { type: 'string', default: '', since: '1.294.0' },
    type: { type: 'enum certificate_type', default: 'host', since: '1.294.0' },
    host: { type: 'ref host', access: 'static', default: 'OpaqueRef:NULL' },
    not_before: { type: 'datetime', access: 'static', default: '19700101T00:00:00Z' },
    not_after: { type: 'datetime', access: 'static', default: '19700101T00:00:00Z' },
    fingerprint: {
      type: 'string',
      access: 'static',
      default: '',
      state: 'deprecated',
      changes: ['published:stockholm', 'deprecated:24.19.0'],
    },
    fingerprint_sha256: { type: 'string', access: 'static', default: '', since: '24.20.0', state: 'prototyped' },
    fingerprint_sha1: { type: 'string', access: 'static', default: '', since: '24.20.0', state: 'prototyped' },
    purpose: { type: 'set enum certificate_purpose', access: 'static', default: [], since: '26.13.0', state: 'prototyped' },
  },
  messages: {},
});
