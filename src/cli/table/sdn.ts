// Controllers of the network.

import { choice, int, ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'sdn-controller-introduce': {
    summary: 'Connect the pool to an SDN controller.',
    optional: ['address', 'protocol', 'tcp-port'],
    call: {
      message: 'SDN_controller.introduce',
      args: [choice('protocol', ['ssl', 'pssl'], 'ssl'), text('address', ''), int('tcp-port', 0)],
      prints: { uuidOf: 'SDN_controller' },
    },
  },
  'sdn-controller-forget': {
    summary: 'Disconnect the pool from an SDN controller.',
    required: ['uuid'],
    call: { message: 'SDN_controller.forget', args: [ref('uuid', 'SDN_controller')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
