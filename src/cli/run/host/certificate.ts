// `host-server-certificate-install`: the files of a certificate and its key.

import type { Ref } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { readSmallFile } from '../../file-input.ts';
import { forEach, select } from '../../selectors.ts';

export const install: Handler = async context => {
  const certificate = await readSmallFile(context, 'certificate', 'certificate');
  const key = await readSmallFile(context, 'private-key', 'private key');
  const chain = context.args.has('certificate-chain') ? await readSmallFile(context, 'certificate-chain', 'certificate chain') : undefined;
  return await forEach(context, await select(context), async item => {
    const session = await context.session();
    await session.call('host.install_server_certificate', {
      host: item.ref as Ref<'host'>,
      certificate: certificate.text,
      private_key: key.text,
      certificate_chain: chain?.text ?? '',
    });
  });
};
