// `network-trial`: the change of the management that waits for its confirmation, if there is one. The XenAPI has no message for it, so it
// is a plugin that any client may call; documented in docs/network-safety.md. Names are those of the wire.

import type { Call } from '../context.ts';

/** JSON: `remaining_seconds` and `addresses`; where none is under way, how the last one `ended`, or null. */
export const showTrial = async ({ services }: Call): Promise<string> => {
  const status = await services.networkTrials.status(services);
  if (status) return JSON.stringify({ remaining_seconds: status.remainingSeconds, addresses: status.addresses });
  const { outcome } = services.networkTrials;
  return JSON.stringify(outcome === undefined ? null : { ended: outcome });
};

/** JSON: whether there was a change to confirm, and it could be. */
export const confirmTrial = async ({ services, session }: Call): Promise<string> =>
  JSON.stringify({ confirmed: await services.networkTrials.confirm(services, `${session.userName}, who asked for it`) });
