// Names in place of uuids: a parameter that takes a uuid and holds something else is looked up by name before the command begins. What
// has no name of that kind stays as it is, and the server says what it always said.

import type { Session } from '../client/session.ts';
import { valueText } from '../client/values.ts';
import { XenError } from '../model/error.ts';
import type { Param } from './argv.ts';
import { OutcomeError } from './exit-codes.ts';
import { cliClasses, type CliClassName, loadRecord } from './records/classes.ts';
import { fetchRecords, uuidOrName } from './records/fetch.ts';
import { type ApiRecord, asRecord } from './records/objects.ts';
import { filterTypes, paramsOf } from './table/params.ts';
import type { Row } from './table/row.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Uuids, lists of them, and references of the API, as they may stand where no uuid was generated. */
const isUuidLike = (value: string): boolean => value.split(',').every(each => UUID.test(each)) || value.startsWith('OpaqueRef:');

/** The parameters, with uuids for names. Throws OutcomeError if a name has several objects. */
export const withUuids = async (
  command: string,
  row: Row,
  params: readonly Param[],
  session: () => Promise<Session>,
): Promise<readonly Param[]> => {
  // A parameter of the command's own comes before a selector of the same name.
  const own = (await paramsOf(command, row)).toReversed().map(info => [info.name, info.type] as const);
  const types = new Map([...(await filterTypes(row)), ...own]);
  return await Promise.all(
    params.map(async ([key, value]): Promise<Param> => {
      const type = types.get(key);
      if (type?.kind !== 'uuid' || value === '' || isUuidLike(value)) return [key, value];
      return [key, await uuidFor(await session(), type.cls, value)];
    }),
  );
};

const uuidFor = async (session: Session, cls: CliClassName, name: string): Promise<string> => {
  const { api, record, filters = [] } = cliClasses[cls];
  const { fields } = await loadRecord(record);
  if (!('name-label' in fields) && api !== 'host') return name;
  const all = (await candidates(session, api, name)).filter(([, each]) => filters.every(([field, value]) => holds(each, field, value)));
  const found = cls === 'vdi' ? withoutSnapshots(all) : all;
  if (found.length > 1) {
    const list = found.map(([, each]) => `\n  ${valueText(each['uuid'])}  ${valueText(each['name_description'])}`.trimEnd());
    throw new OutcomeError(
      'notFound',
      `${found.length} objects of class ${api} are called '${name}'. Give the uuid of one:${list.join('')}`,
    );
  }
  const uuid = found[0]?.[1]['uuid'];
  return typeof uuid === 'string' ? uuid : name;
};

type Candidate = readonly [string, ApiRecord];

/** Snapshots bear the name of their disk. They are meant where no disk has it. */
const withoutSnapshots = (found: readonly Candidate[]): readonly Candidate[] => {
  const disks = found.filter(([, record]) => record['is_a_snapshot'] !== true);
  return disks.length === 0 ? found : disks;
};

const candidates = async (session: Session, api: string, name: string): Promise<readonly Candidate[]> => {
  try {
    const all = await fetchRecords(session, api, [uuidOrName(name)]);
    const exact = all.filter(([, record]) => record['uuid'] === name);
    return exact.length > 0 ? exact : all.filter(([, record]) => asRecord(record)?.['name_label'] === name);
  } catch (error) {
    // A server without the class says so when the command itself asks.
    if (error instanceof XenError) return [];
    throw error;
  }
};

/** The filters that a class starts with (`is-a-template=false`) hold for its names too. */
const holds = (record: ApiRecord, field: string, value: string): boolean => valueText(record[field.replaceAll('-', '_')]) === value;
