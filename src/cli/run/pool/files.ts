// Files of the whole pool: its database, bundles of updates, the log of who did what, reports of workload balancing.

import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { standardParams } from '../../selectors.ts';
import { fetchFile, isStandardStream, sendFile } from '../../transfer.ts';

const RESTORE_FUSE_SECONDS = '30.000';

/** Fetches the file that `filename=` names, and says so unless it went to stdout. */
const save = async (context: Context, label: string, path: string, query: Readonly<Record<string, string>>): Promise<void> => {
  const filename = context.args.get('filename') ?? '';
  await fetchFile(context, { path, query, title: label }, filename);
  if (!isStandardStream(filename)) context.out.lines([`${label} succeeded`]);
};

export const auditLog: Handler = async context => {
  const since = context.args.get('since');
  await save(context, 'Audit log download', '/audit_log', since === undefined ? {} : { since });
};

/** All other parameters are the report's own. */
export const balancingReport: Handler = async context => {
  const own = context.args.list.filter(([key]) => key !== 'report' && key !== 'filename' && !standardParams.has(key));
  await save(context, 'Report generation', '/wlb_report', { report: context.args.text('report'), ...Object.fromEntries(own) });
};

export const balancingDiagnostics: Handler = async context => await save(context, 'WLB diagnostics download', '/wlb_diagnostics', {});

export const dumpDatabase: Handler = async context => {
  await fetchFile(context, { path: '/pool/xmldbdump', title: 'Saving the database' }, context.args.text('file-name'));
};

export const restoreDatabase: Handler = async context => {
  const { args, out } = context;
  const dryRun = args.bool('dry-run');
  if (!args.bool('force') && !dryRun) {
    throw new CommandError(
      'The saved database replaces that of the pool, and the hosts that are not in it leave the pool. Try dry-run=true first; give --force to go on.',
    );
  }
  const query = dryRun ? { dry_run: 'true' } : undefined;
  await sendFile(context, { path: '/pool/xmldbdump', title: 'Restoring the database', ...(query && { query }) }, args.text('file-name'));
  out.lines([
    dryRun ? 'Dry-run backup restore successful' : `Host will reboot with restored database in ${RESTORE_FUSE_SECONDS} seconds...`,
  ]);
};

export const syncBundle: Handler = async context => {
  await sendFile(context, { path: '/bundle', title: 'Sending the bundle' }, context.args.text('filename'));
};
