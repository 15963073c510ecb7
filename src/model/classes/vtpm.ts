// A virtual TPM of a VM.

import { defineClass } from '../dsl.ts';

export const VTPM = defineClass({
  name: 'VTPM',
  since: '22.26.0',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    allowed_operations: { type: 'set enum vtpm_operations', default: [], persist: false, since: 'rio' },
    current_operations: { type: 'map string enum vtpm_operations', default: {}, persist: false, since: 'rio' },
    VM: { type: 'ref VM', access: 'static', since: 'rio' },
    backend: { type: 'ref VM', default: 'OpaqueRef:NULL', since: 'rio' },
    persistence_backend: { type: 'enum persistence_backend', default: 'xapi' },
    is_unique: { type: 'bool', access: 'static', default: false },
    is_protected: { type: 'bool', default: false },
  },
  messages: {
    create: { params: { vM: 'ref VM', is_unique: 'bool' }, result: 'ref VTPM', role: 'vm-admin' },
    destroy: { params: { self: 'ref VTPM' }, role: 'vm-admin' },
    get_contents: { params: { self: 'ref VTPM' }, result: 'string', role: 'local-root-only', hidden: true, secret: true },
    set_contents: { params: { self: 'ref VTPM', contents: 'string' }, role: 'local-root-only', hidden: true, secret: true },
  },
});
