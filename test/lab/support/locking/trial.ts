// Legal frames and every kind of spoof, sent by a locked guest without a break while something is done to the switch.

import { setTimeout as sleep } from 'node:timers/promises';
import { etherTypes, frame, ipv4, text, udp } from './bytes.ts';
import { cast, type Scene } from './scene.ts';
import type { WireEnd } from './wire.ts';

export const legalMark = '<legal>';
/** Of each: legal frames, and spoofs. */
const framesPerSecond = 250;

const legalFrame = frame(
  { from: cast.mac, to: cast.peer.mac },
  etherTypes.ipv4,
  ipv4({ source: cast.ipv4, destination: cast.peer.ipv4 }, 17, udp(9, 9, text(legalMark))),
);

export interface Verdict {
  /** Those that passed, in words. */
  readonly spoofs: readonly string[];
  readonly spoofsSent: number;
  readonly legal: number;
  /** The longest time without a legal frame. */
  readonly gapMs: number;
}

export interface Trial {
  /** Counts from now on, also after somebody else has listened. */
  again(): Promise<void>;
  end(): Promise<Verdict>;
}

export const startTrial = async ({ witness, kinds }: Scene, guest: WireEnd): Promise<Trial> => {
  const spoofs = kinds.filter(({ verdict }) => verdict === 'drops');
  const again = (): Promise<void> => witness.listen([legalMark, ...spoofs.map(({ mark }) => mark)], legalMark);
  await again();
  await guest.flood(
    legalFrame,
    spoofs.map(each => each.frame),
    framesPerSecond,
  );
  return {
    again,
    async end() {
      const { gapMs } = await witness.heard();
      const sent = await guest.calm();
      // What is on its way.
      await sleep(200);
      const { counts } = await witness.heard();
      return {
        spoofs: spoofs.filter(({ mark }) => counts[mark] !== undefined).map(({ what }) => what),
        spoofsSent: sent.others,
        legal: counts[legalMark] ?? 0,
        gapMs,
      };
    },
  };
};
