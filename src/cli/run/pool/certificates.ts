// Certificates and revocation lists from files.

import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { readSmallFile } from '../../file-input.ts';
import { byUuid, thePool, uuidOf } from '../../lookup.ts';

const PURPOSES = ['licensing', 'ldaps'] as const;
type Purpose = (typeof PURPOSES)[number];

const purposeOf = (text: string): Purpose => {
  const found = PURPOSES.find(purpose => purpose === text.toLowerCase());
  if (found === undefined) throw new CommandError(`Expected one of ${PURPOSES.map(each => `'${each}'`).join(', ')}, got ${text}`);
  return found;
};

export const installCa: Handler = async context => {
  const file = await readSmallFile(context, 'filename', 'certificate');
  await (await context.session()).call('pool.install_ca_certificate', { name: file.name, cert: file.text });
};

export const installCrl: Handler = async context => {
  const file = await readSmallFile(context, 'filename', 'CRL');
  await (await context.session()).call('pool.crl_install', { name: file.name, cert: file.text });
};

export const installTrusted: Handler = async context => {
  const { args } = context;
  const ca = args.bool('ca');
  const purpose = args.commaList('purpose').map(purposeOf);
  const file = await readSmallFile(context, 'filename', 'certificate');
  const session = await context.session();
  const uuid = args.get('uuid');
  const self = uuid === undefined ? await thePool(session) : await byUuid(session, 'pool', uuid);
  await session.call('pool.install_trusted_certificate', { self, ca, cert: file.text, purpose });
};

export const introduceRemotePool: Handler = async context => {
  const { args, out } = context;
  const file = await readSmallFile(context, 'certificate-file', 'certificate');
  const session = await context.session();
  const repository = await session.call('Repository.introduce_remote_pool', {
    name_label: args.text('name-label'),
    name_description: args.get('name-description') ?? '',
    binary_url: args.text('binary-url'),
    certificate: file.text,
  });
  out.lines([await uuidOf(session, 'Repository', repository)]);
};
