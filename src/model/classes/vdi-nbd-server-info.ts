// How a client reaches a disk by NBD.

import { defineClass } from '../dsl.ts';

export const vdi_nbd_server_info = defineClass({
  name: 'vdi_nbd_server_info',
  stored: 'no',
  events: false,
  since: 'inverness',
  fields: {
    exportname: { type: 'string' },
    address: { type: 'string' },
    port: { type: 'int' },
    cert: { type: 'string' },
    subject: { type: 'string' },
  },
  messages: {},
});
