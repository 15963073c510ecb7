// `bond-show`: what bonds have negotiated, NIC by NIC, and in words what is wrong. What the partner says only the host itself knows; of
// servers that do not tell, the records are shown.

import type { Session } from '../../../client/session.ts';
import { isNullRef } from '../../../lib/brand.ts';
import { Chalk } from 'chalk';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { hostByName } from '../../lookup.ts';
import type { BondReport, MemberReport } from '../../network-map/bond-report.ts';
import { fetchReports, flag, follow, int, list, text } from '../../network-map/records.ts';
import { fetchRecords } from '../../records/fetch.ts';
import type { ApiRecord } from '../../records/objects.ts';
import type { TypedRecord } from '../../records/typed.ts';
import { tableText } from '../../render/table.ts';

interface Shown {
  readonly uuid: string;
  readonly report: BondReport;
  /** Undefined: the host does not tell what the partner says. */
  readonly isTold: boolean;
}

const standard: ReadonlySet<string> = new Set(['uuid', 'host', 'username', 'password', 'minimal']);

export const bondShow: Handler = async context => {
  const shown = await bondsOf(context);
  const { out } = context;
  if (out.typed !== undefined) return out.typed(shown.map(typed), 'many');
  if (out.isMinimal) return out.lines(shown.map(({ uuid }) => uuid));
  out.direct(shown.map(bond => describe(context, bond)).join('\n'));
};

/** Bonds that the words name (`bond0`, or a uuid), of the host that `host=` names; all, if nothing is named. */
const bondsOf = async ({ args, session: open }: Context): Promise<readonly Shown[]> => {
  const session = await open();
  const [bonds, pifs, metrics] = await Promise.all([tableOf(session, 'Bond'), tableOf(session, 'PIF'), tableOf(session, 'PIF_metrics')]);
  const wanted = new Set([...args.list.map(([key]) => key).filter(key => !standard.has(key)), ...(args.get('uuid')?.split(',') ?? [])]);
  const hostName = args.get('host');
  const host = hostName === undefined ? undefined : await hostByName(session, hostName);
  const found = [...bonds.values()].flatMap(bond => {
    const master = follow(pifs, bond, 'master');
    if (host !== undefined && text(master, 'host') !== host) return [];
    const names = [text(bond, 'uuid'), text(master, 'device')];
    return wanted.size === 0 || names.some(name => wanted.has(name)) ? [{ bond, master, names }] : [];
  });
  const known = new Set(found.flatMap(({ names }) => names));
  const missing = [...wanted].find(name => !known.has(name));
  if (missing !== undefined)
    throw new CommandError(`There is no bond ${missing}${host === undefined ? '' : ` on ${hostName}`}: bond-list shows all`);
  const reports = await fetchReports(
    session,
    [...new Set(found.map(({ master }) => text(master, 'host')))].filter(ref => !isNullRef(ref)),
  );
  return found.map(({ bond, master }): Shown => {
    const report = reports.get(text(master, 'uuid'));
    return { uuid: text(bond, 'uuid'), isTold: report !== undefined, report: report ?? fromRecords(bond, master, pifs, metrics) };
  });
};

const tableOf = async (session: Session, cls: 'Bond' | 'PIF' | 'PIF_metrics'): Promise<ReadonlyMap<string, ApiRecord>> =>
  new Map(await fetchRecords(session, cls, []));

/** What any XenAPI server knows. */
const fromRecords = (
  bond: ApiRecord,
  master: ApiRecord | undefined,
  pifs: ReadonlyMap<string, ApiRecord>,
  metrics: ReadonlyMap<string, ApiRecord>,
): BondReport => ({
  bond: text(bond, 'uuid'),
  pif: text(master, 'uuid'),
  device: text(master, 'device'),
  mode: text(bond, 'mode'),
  lacp: '',
  fallback: false,
  members: list(bond, 'slaves')
    .map((ref): MemberReport => {
      const pif = pifs.get(ref);
      const link = follow(metrics, pif, 'metrics');
      const mbps = int(link, 'speed');
      return {
        device: text(pif, 'device'),
        carrier: flag(link, 'carrier'),
        speedMbps: mbps > 0 ? mbps : undefined,
        enabled: false,
        active: false,
        lacp: undefined,
      };
    })
    .toSorted((a, b) => a.device.localeCompare(b.device, 'en', { numeric: true })),
  advice: [],
});

const lacpWords = ({ mode, lacp, fallback }: BondReport): string => {
  if (mode !== 'lacp') return '';
  if (fallback) return ', not answered by the switch: one NIC at a time (fallback)';
  if (lacp === '') return '';
  return lacp === 'negotiated' ? ', negotiated' : ', not negotiated';
};

const memberRow = ({ device, carrier, speedMbps, enabled, active, lacp }: MemberReport, isTold: boolean): TypedRecord => ({
  nic: device,
  link: carrier ? `up${speedMbps === undefined ? '' : ` ${speedMbps} Mbit/s`}` : 'down',
  ...(isTold && { used: enabled ? (active ? 'yes, active' : 'yes') : 'no' }),
  ...(lacp && {
    lacp: lacp.state,
    partner: lacp.partner.flags.length === 0 ? '' : lacp.partner.systemId,
    group: lacp.partner.flags.length === 0 ? '' : lacp.partner.key,
    port: lacp.partner.flags.length === 0 ? '' : lacp.partner.portId,
    'partner says': lacp.partner.flags.join(' '),
  }),
});

const describe = ({ io }: Context, { uuid, report, isTold }: Shown): string => {
  const chalk = new Chalk({ level: io.stdout.isTTY && (io.env['NO_COLOR'] ?? '') === '' ? 1 : 0 });
  const up = report.members.filter(({ carrier }) => carrier).length;
  const head = `${chalk.bold(report.device)} (${uuid}): ${report.mode}${lacpWords(report)}; ${up} of ${report.members.length} links up`;
  const members = tableText(
    report.members.toSorted((a, b) => a.device.localeCompare(b.device, 'en', { numeric: true })).map(member => memberRow(member, isTold)),
    'many',
    io.stdout,
  );
  const advice = report.advice.map(words => chalk.yellow(`! ${words}`));
  const note = isTold ? (advice.length === 0 ? [chalk.green('All is well.')] : []) : ['This server does not tell what the partner says.'];
  return `${[head, members.trimEnd(), ...advice, ...note].join('\n')}\n`;
};

const typed = ({ uuid, report }: Shown): TypedRecord => ({
  uuid,
  device: report.device,
  mode: report.mode,
  lacp: report.lacp,
  fallback: report.fallback,
  'links-up': report.members.filter(({ carrier }) => carrier).length,
  members: report.members.map(({ device, carrier, speedMbps, enabled, active, lacp }) => ({
    device,
    carrier,
    'speed-mbps': speedMbps ?? null,
    enabled,
    active,
    ...(lacp && {
      lacp: lacp.state,
      attached: lacp.attached,
      'partner-system': lacp.partner.systemId,
      'partner-key': lacp.partner.key,
      'partner-port': lacp.partner.portId,
      'partner-flags': lacp.partner.flags,
    }),
  })),
  advice: report.advice,
});
