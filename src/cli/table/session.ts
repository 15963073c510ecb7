// Sessions of users of the directory.

import { text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'session-subject-identifier-list': { summary: 'Show which users of the directory are logged in.' },
  'session-subject-identifier-logout': {
    summary: 'Log a user of the directory out.',
    required: ['subject-identifier'],
    call: { message: 'session.logout_subject_identifier', args: [text('subject-identifier')] },
  },
  'session-subject-identifier-logout-all': { summary: 'Log all users of the directory out.' },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'session-subject-identifier-list': async () => (await import('../run/subject/sessions.ts')).list,
  'session-subject-identifier-logout-all': async () => (await import('../run/subject/sessions.ts')).logoutAll,
};
