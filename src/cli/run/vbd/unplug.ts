// `vbd-unplug`: tried again until the guest lets go, if a timeout is given.

import { setTimeout as sleep } from 'node:timers/promises';
import { isXenError } from '../../../model/error.ts';
import { CommandError } from '../../exit.ts';
import type { Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';

/** A guest that refuses says so at once; nothing tells when it changes its mind. */
const RETRY_MS = 5000;

export const unplug: Handler = async ({ args, session: open }) => {
  const session = await open();
  const self = await byUuid(session, 'VBD', args.text('uuid'));
  const timeoutMs = parseTimeout(args.get('timeout'));
  const message = args.bool('force') ? 'VBD.unplug_force' : 'VBD.unplug';
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await session.call(message, { self });
      return;
    } catch (error) {
      if (!isXenError(error, 'DEVICE_DETACH_REJECTED') || performance.now() >= deadline) throw error;
      await sleep(Math.min(RETRY_MS, Math.max(0, deadline - performance.now())));
    }
  }
};

const parseTimeout = (text: string | undefined): number => {
  const seconds = text === undefined ? 0 : text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(seconds)) throw new CommandError("Failed to parse parameter 'timeout': expecting a float");
  return seconds * 1000;
};
