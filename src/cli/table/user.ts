// The user's own password.

import { text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'user-password-change': {
    summary: 'Change the password of the user logged in.',
    required: ['new'],
    optional: ['old'],
    call: { message: 'session.change_password', args: [text('old', ''), text('new')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
