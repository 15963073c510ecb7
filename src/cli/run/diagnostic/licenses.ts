// `diagnostic-license-status`: one line per host.

import { dateTimeMs } from '../../../model/datetime.ts';
import type { Handler } from '../../context.ts';

const HEADINGS = ['Hostname', 'UUID', 'Edition', 'Code', 'Expiry', 'Days left'];
const DAY_MS = 86_400_000;

export const status: Handler = async ({ out, session: open }) => {
  const session = await open();
  const hosts = await session.call('host.get_all_records', {});
  const rows = Object.values(hosts).map(host => {
    const { expiry = '', sku_type: code = '' } = host.license_params;
    return [host.hostname, host.uuid.slice(0, 8), host.edition, code, expiry, daysLeft(expiry)];
  });
  const table = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map(row => (row[column] ?? '').length)));
  out.lines(
    table.map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  );
};

const daysLeft = (expiry: string): string => {
  const at = dateTimeMs(expiry);
  return Number.isNaN(at) ? '-' : String(Math.floor((at - Date.now()) / DAY_MS));
};
