// `host-domain-list`: what Xen runs on a host beside its control domain; also what somebody made by hand, which no other command shows.

import { isXenError } from '../../../model/error.ts';
import type { Session } from '../../../client/session.ts';
import type { Handler } from '../../context.ts';
import { PlainError } from '../../exit.ts';
import { hostByName, thisHost } from '../../lookup.ts';
import { int, text } from '../../network-map/records.ts';
import { type ApiRecord, asRecord } from '../../records/objects.ts';
import type { TypedRecord } from '../../records/typed.ts';
import { sizeText } from '../../render/progress.ts';
import { tableText } from '../../render/table.ts';

const ask = async (session: Session, host: string): Promise<readonly ApiRecord[]> => {
  try {
    const answer: unknown = JSON.parse(String(await session.raw('host.call_plugin', [host, 'domains', 'list', {}])));
    return (Array.isArray(answer) ? answer : []).map(asRecord).filter(domain => domain !== undefined);
  } catch (error) {
    if (!isXenError(error, 'XENAPI_MISSING_PLUGIN')) throw error;
    throw new PlainError('This server does not tell it from afar: on XenServer and XCP-ng, run xl list in the control domain itself.', {
      cause: error,
    });
  }
};

const vmOf = (domain: ApiRecord): string | null => (typeof domain['vm'] === 'string' ? domain['vm'] : null);

const shown = (domain: ApiRecord): TypedRecord => ({
  domain: int(domain, 'domid'),
  name: text(domain, 'name'),
  state: text(domain, 'state'),
  vcpus: int(domain, 'vcpus'),
  memory: sizeText(int(domain, 'memory_bytes')),
  'cpu time': `${int(domain, 'cpu_seconds')} s`,
  vm: vmOf(domain) ?? 'none: made by hand',
});

const typed = (domain: ApiRecord): TypedRecord => ({
  'dom-id': int(domain, 'domid'),
  uuid: text(domain, 'uuid'),
  name: text(domain, 'name'),
  state: text(domain, 'state'),
  vcpus: int(domain, 'vcpus'),
  'memory-bytes': int(domain, 'memory_bytes'),
  'cpu-seconds': int(domain, 'cpu_seconds'),
  vm: vmOf(domain),
});

export const domainList: Handler = async ({ args, session: open, out, io }) => {
  const session = await open();
  const named = args.get('host');
  const domains = await ask(session, named === undefined ? await thisHost(session) : await hostByName(session, named));
  if (out.typed !== undefined) return out.typed(domains.map(typed), 'many');
  if (out.isMinimal) return out.lines(domains.map(domain => String(int(domain, 'domid'))));
  out.direct(domains.length === 0 ? 'Nothing runs beside the control domain.\n' : tableText(domains.map(shown), 'many', io.stdout));
};
