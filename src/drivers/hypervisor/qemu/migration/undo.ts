// Ending mirrors without their effect: jobs forgotten, targets closed. Works from the names alone, so also after a restart.

import { objectsOf, queryJobs, textOf } from '../../qmp/answers.ts';
import { removeNode } from '../../qmp/blocks.ts';
import type { Guest } from '../guest.ts';
import { abandonJob } from '../../qmp/jobs.ts';
import { isTargetNode } from '../../qmp/nodes.ts';

/** Idempotent. The caller has cut the link before if it may be silent. */
export const endMirrors = async (guest: Guest, signal?: AbortSignal): Promise<void> => {
  const jobs = (await queryJobs(guest.monitor)).filter(job => job.id.startsWith('mirror-'));
  await Promise.all(jobs.map(job => abandonJob(guest, job.id, signal ? { signal } : {})));
  const nodes = objectsOf(await guest.monitor.execute('query-named-block-nodes', { flat: true })).map(node => textOf(node['node-name']));
  for (const node of nodes.filter(isTargetNode)) await removeNode(guest, node);
};
