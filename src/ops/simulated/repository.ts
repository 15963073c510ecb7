// Sources of updates, and which of them the pool uses.

import type { Reader } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';

const assertNew = (db: Reader, name: string, url: string): void => {
  for (const [ref, repository] of db.all('Repository')) {
    if (repository.name_label === name || repository.binary_url === url) throw new XenError('REPOSITORY_ALREADY_EXISTS', [ref]);
  }
};

const assertUrl = (url: string): void => {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') throw new XenError('INVALID_BASE_URL', [url]);
};

export const repositoryOps: OpsOf<'Repository'> = {
  introduce: (call, { name_label, name_description, binary_url, source_url, update, gpgkey_path }) =>
    change(call.services.db, tx => {
      assertNew(tx, name_label, binary_url);
      assertUrl(binary_url);
      assertUrl(source_url);
      return tx.insert('Repository', { name_label, name_description, binary_url, source_url, update, gpgkey_path });
    }),
  forget: (call, { self }) =>
    change(call.services.db, tx => {
      tx.need('Repository', self);
      for (const [, pool] of tx.all('pool')) if (pool.repositories.includes(self)) throw new XenError('REPOSITORY_IS_IN_USE');
      tx.delete('Repository', self);
    }),
  set_gpgkey_path: (call, { self, value }) => change(call.services.db, tx => tx.update('Repository', self, { gpgkey_path: value })),
};

export const repositoryPoolOps: OpsOf<'pool'> = {
  set_repositories: (call, { self, value }) =>
    change(call.services.db, tx => {
      for (const repository of value) tx.need('Repository', repository);
      tx.update('pool', self, { repositories: value });
    }),
  add_repository: (call, { self, value }) =>
    change(call.services.db, tx => {
      tx.need('Repository', value);
      const { repositories } = tx.need('pool', self);
      if (!repositories.includes(value)) tx.update('pool', self, { repositories: [value, ...repositories] });
    }),
  remove_repository: (call, { self, value }) =>
    change(call.services.db, tx => {
      tx.update('pool', self, { repositories: tx.need('pool', self).repositories.filter(other => other !== value) });
    }),
};
