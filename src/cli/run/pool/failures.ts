// What would happen if hosts failed.

import type { Ref } from '../../../lib/brand.ts';
import { isNullRef } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';
import { Objects } from '../../records/objects.ts';

/** `vm-uuid=` and `restart-priority=` as often as there are VMs, in pairs. */
export const hypothetical: Handler = async ({ args, out, session: open }) => {
  const values = (name: string): readonly string[] => args.list.filter(([key]) => key === name).map(([, value]) => value);
  const [vms, priorities] = [values('vm-uuid'), values('restart-priority')];
  if (vms.length !== priorities.length) throw new CommandError('Give as many restart-priority= as vm-uuid= parameters.');
  const session = await open();
  const configuration: Record<Ref<'VM'>, string> = {};
  for (const [i, uuid] of vms.entries()) configuration[await byUuid(session, 'VM', uuid)] = priorities[i] ?? '';
  const count = await session.call('pool.ha_compute_hypothetical_max_host_failures_to_tolerate', { configuration });
  out.lines([String(count)]);
};

export const failoverPlan: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const hosts = await Promise.all(args.commaList('host-uuids').map(uuid => byUuid(session, 'host', uuid)));
  const records = await Promise.all(hosts.map(self => session.call('host.get_resident_VMs', { self })));
  const running = records.flat();
  const templates = await Promise.all(running.map(self => session.call('VM.get_is_control_domain', { self })));
  const vms = running.filter((_, i) => templates[i] !== true);
  const plan = await session.call('pool.ha_compute_vm_failover_plan', { failed_hosts: hosts, failed_vms: vms });
  const objects = new Objects(session);
  const lines = Object.entries(plan).map(async ([vm, fate]): Promise<readonly [string, string]> => {
    const host = fate['host'];
    const where = host === undefined || isNullRef(host) ? (fate['error_code'] ?? 'UNKNOWN') : await objectText(objects, 'host', host);
    return [await objectText(objects, 'VM', vm), where];
  });
  out.table([[['VM', 'Destination Host, or Error'], ...(await Promise.all(lines))]]);
};

const objectText = async (objects: Objects, cls: 'VM' | 'host', ref: string): Promise<string> => {
  const record = await objects.record(cls, ref);
  return record === undefined ? ref : `${String(record['uuid'])} (${String(record['name_label'])})`;
};

/** A command whose work is gone; it still says no if nobody may log in. */
export const nothingLeft: Handler = async ({ session: open }) => {
  await open();
};
