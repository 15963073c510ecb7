// `host-network-reset` reached by the command line: with words before its name, or in a batch. It is no command of a server, since it must work
// where no server answers; the program does it itself when its name comes first.

import type { Handler } from '../../context.ts';
import { PlainError } from '../../exit.ts';

export const networkReset: Handler = async () => {
  throw new PlainError(
    "A reset of the network is done on the host that has lost it, and by no server: start it there as 'xcp host-network-reset …', with its name first.",
  );
};
