// Certificates and revocation lists from files.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Context, Handler } from '../../context.ts';
import { SilentFailure } from '../../exit.ts';

const fileOf = async (context: Context, what: string): Promise<{ readonly name: string; readonly text: string }> => {
  const path = context.args.text('filename');
  try {
    return { name: basename(path), text: await readFile(path, 'utf8') };
  } catch (error) {
    context.io.stderr.write(`Failed to read ${what}\n`);
    throw new SilentFailure(path, { cause: error });
  }
};

export const installCa: Handler = async context => {
  const file = await fileOf(context, 'certificate');
  await (await context.session()).call('pool.install_ca_certificate', { name: file.name, cert: file.text });
};

export const installCrl: Handler = async context => {
  const file = await fileOf(context, 'CRL');
  await (await context.session()).call('pool.crl_install', { name: file.name, cert: file.text });
};
