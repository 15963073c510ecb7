// Migrations on real QEMU whose link goes silent at every step: no error, no reset, frames just vanish. The same must hold as after a kill.

import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { logOf } from '../../../tools/hosts/host.ts';
import { type Link, makeLink } from '../support/link.ts';
import { migrate, stepBegins } from '../support/migrations.ts';
import { Pair, sourceSteps } from '../support/struck-pair.ts';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;

asRoot('a link that goes silent', () => {
  let link: Link;
  let pair: Pair;
  beforeAll(async () => {
    link = makeLink();
    pair = await Pair.start(link);
  });
  afterAll(async () => {
    await pair.end();
    link.remove();
  });

  test.each(sourceSteps)(
    'when %s begins',
    async step => {
      const [from, to] = await pair.sides();
      const begun = stepBegins(from, step, logOf(from.host.folder).length);
      // The client is on neither side of the link: it talks to both by their sockets.
      const ran = migrate(from, to, pair.uuid, [`remote-master=${to.host.server}`, ...(step === 'verify' ? ['verify=true'] : [])]);
      await Promise.race([
        begun,
        ran.then(({ stdout, stderr }) => Promise.reject(new Error(`it ended before ${step}: ${stdout}${stderr}`))),
      ]);
      link.cut();
      // Long enough for everyone to notice and to give up.
      await Promise.race([ran, new Promise(resolve => setTimeout(resolve, 45_000))]);
      link.mend();
      await ran;
      await pair.expectOnceAndWhole();
    },
    300_000,
  );
});
