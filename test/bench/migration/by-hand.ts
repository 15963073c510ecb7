// Storage XenMotion driven by hand: the shortest right way over QMP, with TLS and, for an emulated guest, `stop` first, as ours. All that
// can be done while the guest runs is done before it is stopped.

import type { JsonObject } from '../../../src/lib/json.ts';
import { createTlsIdentity } from '../../../src/ops/migration/certificates.ts';
import type { Monitor } from '../../../src/drivers/hypervisor/qmp/monitor.ts';
import { objectOf, objectsOf, textOf } from '../../../src/drivers/hypervisor/qmp/answers.ts';
import { freePort } from '../../../tools/hosts/host.ts';
import type { HandGuest } from './hand-guest.ts';

const JOB = 'mirror';
const TARGET = 'target';
const ADDRESS = '127.0.0.1';

const capabilities: JsonObject = {
  capabilities: ['events', 'late-block-activate', 'pause-before-switchover'].map(capability => ({ capability, state: true })),
};

const jobIs = (monitor: Monitor, status: string): Promise<true> =>
  monitor.until(['JOB_STATUS_CHANGE'], async () => {
    const [job] = objectsOf(await monitor.execute('query-jobs')).filter(each => each['id'] === JOB);
    if (job?.['error'] !== undefined) throw new Error(`mirror: ${textOf(job['error'])}`);
    return job?.['status'] === status ? true : undefined;
  });

const streamIs = (monitor: Monitor, status: string): Promise<true> =>
  monitor.until(['MIGRATION'], async () => {
    const now = objectOf(await monitor.execute('query-migrate'))['status'];
    if (now === 'failed') throw new Error('the memory stream failed');
    return now === status ? true : undefined;
  });

const receive = async ({ monitor, diskNode }: HandGuest): Promise<{ readonly nbdPort: string; readonly memoryPort: number }> => {
  const [nbdPort, memoryPort] = [String(await freePort()), await freePort()];
  await monitor.execute('migrate-set-capabilities', capabilities);
  await monitor.execute('migrate-set-parameters', { 'tls-creds': 'server' });
  const addr = { type: 'inet', data: { host: ADDRESS, port: nbdPort } };
  await monitor.execute('nbd-server-start', { addr, 'max-connections': 4, 'tls-creds': 'server' });
  await monitor.execute('block-export-add', { type: 'nbd', id: 'export', 'node-name': diskNode, name: 'disk', writable: true });
  await monitor.execute('migrate-incoming', { uri: `tcp:${ADDRESS}:${memoryPort}` });
  return { nbdPort, memoryPort };
};

const mirror = async ({ monitor, diskNode }: HandGuest, nbdPort: string, peerName: string): Promise<void> => {
  const server = { type: 'inet', host: ADDRESS, port: nbdPort };
  const tls = { 'tls-creds': 'client', 'tls-hostname': peerName };
  await monitor.execute('blockdev-add', { driver: 'nbd', 'node-name': TARGET, export: 'disk', server, discard: 'unmap', ...tls });
  const ends = { 'auto-dismiss': false, 'on-source-error': 'report', 'on-target-error': 'report' };
  await monitor.execute('blockdev-mirror', { 'job-id': JOB, device: diskNode, target: TARGET, sync: 'full', ...ends });
  await jobIs(monitor, 'ready');
};

/** From `source` to `target`, which waits for it. The source is ended. */
export async function migrateByHand(source: HandGuest, target: HandGuest): Promise<void> {
  const [here, there] = [await createTlsIdentity(), await createTlsIdentity()];
  await source.addCredentials('client', here.toward(there.offer));
  await target.addCredentials('server', there.toward(here.offer));
  const { nbdPort, memoryPort } = await receive(target);
  await mirror(source, nbdPort, there.offer.name);
  const { monitor } = source;
  await monitor.execute('migrate-set-capabilities', capabilities);
  const limits = { 'max-bandwidth': 16 * 2 ** 30, 'downtime-limit': 100 };
  await monitor.execute('migrate-set-parameters', { ...limits, 'tls-creds': 'client', 'tls-hostname': there.offer.name });

  await monitor.execute('stop');
  await monitor.execute('migrate', { uri: `tcp:${ADDRESS}:${memoryPort}` });
  await streamIs(monitor, 'pre-switchover');
  await monitor.execute('block-job-cancel', { device: JOB });
  await jobIs(monitor, 'concluded');
  await monitor.execute('job-dismiss', { id: JOB });
  await monitor.execute('blockdev-del', { 'node-name': TARGET });
  await monitor.execute('migrate-continue', { state: 'pre-switchover' });
  await Promise.all([streamIs(monitor, 'completed'), streamIs(target.monitor, 'completed')]);
  await target.monitor.execute('nbd-server-stop');
  await target.monitor.execute('cont');
  source.end();
}
