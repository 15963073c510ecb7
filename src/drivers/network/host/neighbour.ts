// Whether a machine on the same link is there: the kernel is made to ask for its MAC address anew, and looked at what it heard. Works where
// nothing but ARP and neighbour discovery is let through, and needs no program but ip.

import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../../lib/json.ts';
import { messageOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import { runTool } from '../../tool.ts';
import { familyOf } from './wanted.ts';

const DISCARD_PORT = 9;
const LOOKS = 10;
const LOOK_MS = 200;

/** Something to send is what makes the kernel ask. That it has no way there is an answer too. */
const knock = async (device: string, address: string): Promise<void> => {
  const isIpv4 = familyOf(address) === 4;
  const socket = createSocket(isIpv4 ? 'udp4' : 'udp6');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.send(Buffer.alloc(1), DISCARD_PORT, address.startsWith('fe80') ? `${address}%${device}` : address, error =>
    error ? reject(error) : resolve(),
  );
  try {
    await promise;
  } catch (error) {
    throw new DriverError('unreachable', `nothing can be sent to ${address} on ${device}: ${messageOf(error)}`, { cause: error });
  } finally {
    socket.close();
  }
};

/** The states that `ip -json neighbour show` gives for one address. Pure. */
export const isHeard = (text: string): boolean => {
  const rows = (text.trim() === '' ? [] : JSON.parse(text)) as Json;
  return (
    Array.isArray(rows) &&
    rows.some(
      row => typeof row === 'object' && row !== null && 'state' in row && Array.isArray(row.state) && row.state.includes('REACHABLE'),
    )
  );
};

/** Within about two seconds. */
export const neighbourAnswers = async (device: string, address: string): Promise<boolean> => {
  await runTool('ip', ['neighbour', 'flush', 'to', address, 'dev', device]);
  try {
    await knock(device, address);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return false;
  }
  for (let look = 0; look < LOOKS; look += 1) {
    if (isHeard(await runTool('ip', ['-json', 'neighbour', 'show', 'to', address, 'dev', device]))) return true;
    await delay(LOOK_MS);
  }
  return false;
};
