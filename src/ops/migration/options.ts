// The arguments of a migration, as the XenAPI gives them, read once.

import type { Ref } from '../../lib/brand.ts';
import type { Logger } from '../../lib/logger.ts';
import { XenError } from '../../model/error.ts';

export interface MigrationOptions {
  readonly copy: boolean;
  readonly compress: boolean;
  /** Skips the checks that only guard against inconvenience; never those that guard data. */
  readonly force: boolean;
  readonly bandwidthBytesPerSecond?: number;
  readonly downtimeMs?: number;
  /** All disks are compared on both sides before the commit, with the guest stopped: distrust that costs pause. */
  readonly verify: boolean;
}

/** Where the VM goes, as `host.migrate_receive` at the destination told it. */
export interface Destination {
  readonly url: string;
  readonly fingerprint?: string;
  readonly session: string;
  readonly host: string;
  /** The network its streams use there. */
  readonly network: string;
}

export interface MigrationArgs {
  readonly live: boolean;
  /** Of the destination's SRs by reference, keyed by this host's VDIs. */
  readonly vdiMap: Readonly<Record<Ref<'VDI'>, Ref<'SR'>>>;
  readonly vifMap: Readonly<Record<Ref<'VIF'>, Ref<'network'>>>;
  readonly options: MigrationOptions;
  /** The VM is held for this very migration. */
  readonly admitted: boolean;
}

const KNOWN = new Set(['copy', 'compress', 'force', 'bandwidth', 'downtime', 'live', 'network', 'verify']);

/** Reads the options. What it does not know it leaves, as xapi does, and says so in the log. */
export function parseOptions(options: Readonly<Record<string, string>>, log: Logger): MigrationOptions {
  const unknown = Object.keys(options).filter(key => !KNOWN.has(key));
  if (unknown.length > 0) log.warn('Options of the migration that mean nothing to xcp are left out', { unknown });
  const bandwidth = wholeNumber(options, 'bandwidth');
  const downtime = wholeNumber(options, 'downtime');
  return {
    copy: flag(options, 'copy'),
    compress: flag(options, 'compress'),
    force: flag(options, 'force'),
    verify: flag(options, 'verify'),
    ...(bandwidth !== undefined && { bandwidthBytesPerSecond: bandwidth }),
    ...(downtime !== undefined && { downtimeMs: downtime }),
  };
}

function flag(options: Readonly<Record<string, string>>, key: string): boolean {
  const value = options[key]?.toLowerCase() ?? 'false';
  if (['true', '1', 'yes', 'on'].includes(value)) return true;
  if (['false', '0', 'no', 'off', ''].includes(value)) return false;
  throw new XenError('INVALID_VALUE', [key, options[key] ?? '']);
}

function wholeNumber(options: Readonly<Record<string, string>>, key: string): number | undefined {
  const value = options[key];
  if (value === undefined || value === '') return undefined;
  const parsed = /^\d{1,15}$/.test(value) ? Number(value) : 0;
  if (parsed <= 0) throw new XenError('INVALID_VALUE', [key, value]);
  return parsed;
}

/** Reads the map that `host.migrate_receive` returned. One of another server lacks what the streams of xcp need. */
export function parseDestination(dest: Readonly<Record<string, string>>): Destination {
  const { xcp_api: api, xcp_url: url, xcp_fingerprint: fingerprint, session_id: session, host, xcp_network: network } = dest;
  if (!session) throw new XenError('INVALID_VALUE', ['dest', 'session_id is missing: pass the map that host.migrate_receive returned']);
  if (!api || !url || !host) throw new XenError('VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED', []);
  return { url, session, host, network: network ?? '', ...(fingerprint && { fingerprint }) };
}
