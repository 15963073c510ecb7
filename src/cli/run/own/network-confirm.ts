// `host-network-confirm`: keeps a change of the host's management that is on trial.

import { thisHost } from '../../lookup.ts';
import type { Handler } from '../../context.ts';
import { PlainError } from '../../exit.ts';

export const networkConfirm: Handler = async ({ session: open, out }) => {
  const session = await open();
  const text = String(await session.raw('host.call_plugin', [await thisHost(session), 'network-trial', 'confirm', {}]));
  const answer: unknown = JSON.parse(text);
  const confirmed = typeof answer === 'object' && answer !== null && Reflect.get(answer, 'confirmed') === true;
  if (!confirmed) throw new PlainError('No change of the management is on trial: it was confirmed before, or taken back.');
  out.note('The change of the management is kept.');
};
