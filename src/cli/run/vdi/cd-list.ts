// `cd-list`: the disks on SRs of CDs.

import type { Handler } from '../../context.ts';
import { loadRecord } from '../../records/classes.ts';
import { fetchRecords } from '../../records/fetch.ts';
import { Objects } from '../../records/objects.ts';
import { fieldsOf } from '../../records/spec.ts';
import { tableOf } from '../generic/list.ts';

const DEFAULT_FIELDS = 'name-label,uuid';

export const list: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const srs = await fetchRecords(session, 'SR');
  const spec = await loadRecord('vdi');
  const objects = new Objects(session);
  const vdis = new Map(await fetchRecords(session, 'VDI'));
  const refs = srs
    .filter(([, sr]) => sr['content_type'] === 'iso')
    .flatMap(([, sr]) => (Array.isArray(sr['VDIs']) ? sr['VDIs'].map(String) : []));
  const cds = refs.map(ref => ({ ref, record: vdis.get(ref) ?? {} }));
  const params = args.get('params') ?? DEFAULT_FIELDS;
  const wanted = new Set(params.split(','));
  const fields = fieldsOf(spec).filter(field => field.rest.hidden !== true && (params === 'all' || wanted.has(field.name)));
  out.table(
    await tableOf(
      cds.map(({ ref, record }) => ({ spec, ref, record, objects, session })),
      fields,
    ),
  );
};
