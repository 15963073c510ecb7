// An LACP partner of our own at one port of the switch's namespace, for mistakes that a switch in order does not make.

import type { FrameTool, Space } from './space.ts';

/** Bits of the state that a partner tells (IEEE 802.1AX). */
export const lacpState = {
  active: 0x01,
  shortTimeout: 0x02,
  aggregatable: 0x04,
  inSync: 0x08,
  collecting: 0x10,
  distributing: 0x20,
  defaulted: 0x40,
  expired: 0x80,
} as const;

export const lacpReady = 0x3f;

export interface LacpSpeech {
  readonly system?: string;
  readonly key?: number;
  readonly port?: number;
  readonly state?: number;
  /** One PDU a second, else one in thirty. */
  readonly fast?: boolean;
}

/** Speaks at `device` of `space`, which must be no port of its switch (layout `none`). */
export const speakLacp = (space: Space, device: string, speech: LacpSpeech = {}): Promise<FrameTool> => {
  const { system = '02:00:00:00:fe:01', key = 7, port = 1, state = lacpReady, fast = true } = speech;
  return space.startFrames(['lacp', device, JSON.stringify({ system, key, port, state, fast })]);
};
