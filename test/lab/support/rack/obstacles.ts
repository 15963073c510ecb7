// Whether this machine can hold a rack, and if not, why: the suites are then skipped with that reason.

import { access } from 'node:fs/promises';
import { describe } from '@jest/globals';
import { findProgram } from '../../../../src/drivers/tool.ts';

const programs = ['ip', 'tc', 'python3', 'ovs-vswitchd', 'ovsdb-server', 'ovsdb-tool', 'ovs-vsctl', 'ovs-appctl', 'ovs-ofctl'];

const findObstacles = async (more: readonly string[]): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const program of [...programs, ...more]) if ((await findProgram(program)) === undefined) found.push(`${program} is not installed`);
  if (process.getuid?.() !== 0) found.push('this is not root');
  await access('/dev/net/tun').catch(() => found.push('/dev/net/tun does not exist'));
  return found;
};

/** `describe` where a rack can stand, else a skipping one that has said why. `more`: further programs that the suite runs. */
export const rackLab = async (title: string, more: readonly string[] = []): Promise<typeof describe | typeof describe.skip> => {
  const obstacles = await findObstacles(more);
  if (obstacles.length === 0) return describe;
  process.stderr.write(`${title}: not tested, ${obstacles.join(', ')}\n`);
  return describe.skip;
};
