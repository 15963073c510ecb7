// Users and groups of an external directory.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'subject-add': { summary: 'Let a user or a group of the directory in.', required: ['subject-name'] },
  'subject-remove': {
    summary: 'Let a user or a group in no more.',
    required: ['subject-uuid'],
    call: { message: 'subject.destroy', args: [ref('subject-uuid', 'subject')] },
  },
  'subject-role-add': { summary: 'Give a user or a group a role.', required: ['uuid'], optional: ['role-name', 'role-uuid'] },
  'subject-role-remove': { summary: 'Take a role from a user or a group.', required: ['uuid'], optional: ['role-name', 'role-uuid'] },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'subject-add': async () => (await import('../run/subject/subject.ts')).add,
  'subject-role-add': async () => (await import('../run/subject/subject.ts')).addRole,
  'subject-role-remove': async () => (await import('../run/subject/subject.ts')).removeRole,
};
