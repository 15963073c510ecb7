// A guest stands still while something begins that its writes must not run into.
//
// A mirror for which writes wait takes its first write, in QEMU before 8.1, as soon as it is in the guest's way, and has what it needs for that a moment later:
// the disks of a domain are served by threads of their own, so a write between the two ends QEMU with a fault, and the guest has no disks any more.

import { untilAborted } from '../../../../lib/until-aborted.ts';
import type { Dom0 } from '../dom0.ts';
import { xlError } from '../xl-errors.ts';
import { consume } from './pipes.ts';

const STILL_MS = 30_000;
const ON_MS = 30_000;

/** $1: the domain. It ends with its input, whatever ends that: no guest stays stopped. Xen counts pauses, so one that was paused before stays so. */
const STAND = `xl pause "$1" || exit
trap 'xl unpause "$1"' EXIT
echo still
cat >/dev/null`;

const TRIED = 'stopping the guest for a moment';

/** What the guest had asked for before it stopped is under way by then: its requests are taken within microseconds. Rejects as `work` does, or with what xl says. */
export const standingStill = async (dom0: Dom0, domid: number, work: () => Promise<void>): Promise<void> => {
  const pause = await dom0.converse('sh', ['-c', STAND, 'xcp-still', String(domid)]);
  const goOn = async (): Promise<void> => {
    pause.input.end();
    await untilAborted(pause.ended, AbortSignal.timeout(ON_MS)).catch((error: unknown) => {
      throw xlError(TRIED, error);
    });
  };
  try {
    const told = await consume(pause.output, () => Promise.resolve('enough'), AbortSignal.timeout(STILL_MS));
    if (told === 'enough') await work();
  } catch (error) {
    await goOn().catch(() => undefined); // that the work failed is what is told
    throw error;
  }
  await goOn();
};
