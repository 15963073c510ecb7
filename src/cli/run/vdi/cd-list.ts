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
  const isoSrs = new Set(srs.filter(([, record]) => record['content_type'] === 'iso').map(([ref]) => ref));
  const spec = await loadRecord('vdi');
  const objects = new Objects(session);
  const cds = (await fetchRecords(session, 'VDI')).filter(([, record]) => isoSrs.has(String(record['SR'])));
  const params = args.get('params') ?? DEFAULT_FIELDS;
  const wanted = new Set(params.split(','));
  const fields = fieldsOf(spec).filter(field => field.rest.hidden !== true && (params === 'all' || wanted.has(field.name)));
  out.table(await tableOf(cds.map(([ref, record]) => ({ spec, ref, record, objects, session })), fields));
};
