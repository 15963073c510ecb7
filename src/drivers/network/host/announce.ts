// Tells the neighbours where an address is now: switches learn the port from any frame, other machines the MAC address from an ARP
// message. A host that only answers would stay unheard of behind its new port. What cannot be told is learnt later, so nothing here fails.

import { createSocket } from 'node:dgram';
import type { Logger } from '../../../lib/logger.ts';
import { findProgram, runTool } from '../../tool.ts';
import { familyOf } from './wanted.ts';
import type { HostAddress } from '../desired.ts';

const DISCARD_PORT = 9;
const REPEATS = 2;
const ALL_NODES = 'ff02::1';

export interface Announcement extends HostAddress {
  readonly device: string;
}

const broadcastOf = ({ address, prefixLength }: HostAddress): string => {
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const last = Math.floor(bits / 2 ** (32 - prefixLength)) * 2 ** (32 - prefixLength) + 2 ** (32 - prefixLength) - 1;
  return [24, 16, 8, 0].map(shift => Math.floor(last / 2 ** shift) % 256).join('.');
};

/** One frame to everybody on the link. */
const sendFrame = async (announcement: Announcement): Promise<void> => {
  const isIpv4 = familyOf(announcement.address) === 4;
  const socket = createSocket(isIpv4 ? 'udp4' : 'udp6');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.bind({ port: 0, address: announcement.address }, () => {
    if (isIpv4) socket.setBroadcast(true);
    const to = isIpv4 ? broadcastOf(announcement) : `${ALL_NODES}%${announcement.device}`;
    socket.send(Buffer.alloc(1), DISCARD_PORT, to, error => (error ? reject(error) : resolve()));
  });
  try {
    await promise;
  } finally {
    socket.close();
  }
};

/** For the tables of other machines, where one of the two common programs is installed. */
const sendArp = async ({ device, address }: Announcement): Promise<void> => {
  const args = ['-U', '-c', String(REPEATS), '-I', device, address];
  if ((await findProgram('busybox')) !== undefined) await runTool('busybox', ['arping', ...args]);
  else if ((await findProgram('arping')) !== undefined) await runTool('arping', args);
};

/** Resolves when the switches on the way can know; the rest goes on behind. */
export const announce = async (announcements: readonly Announcement[], log: Logger): Promise<void> => {
  await Promise.all(
    announcements.map(async announcement => {
      // An IPv6 address that is still asked about cannot be spoken from; asking for it has told the switches.
      await sendFrame(announcement).catch((error: unknown) => log.debug('an address was not announced', { ...announcement, error }));
      if (familyOf(announcement.address) === 4)
        void sendArp(announcement).catch((error: unknown) => log.debug('an address was not announced by ARP', { ...announcement, error }));
    }),
  );
};
