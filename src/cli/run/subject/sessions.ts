// Sessions of users of an external directory.

import type { Handler } from '../../context.ts';

export const list: Handler = async ({ out, session: open }) => {
  const session = await open();
  const identifiers = await session.call('session.get_all_subject_identifiers', {});
  out.table(identifiers.map(identifier => [['subject-identifier ( RO)', identifier]]));
};

export const logoutAll: Handler = async ({ session: open }) => {
  const session = await open();
  for (const subject_identifier of await session.call('session.get_all_subject_identifiers', {})) {
    await session.call('session.logout_subject_identifier', { subject_identifier });
  }
};
