// Examples of the commands that nobody has written any for: of lists and fields from the class, of the others from what they require.

import { cliClasses, type CliClassName, loadRecord } from '../../records/classes.ts';
import { clearing, type Field, fieldsOf, isKeySettable, isMap, isOpen, isSet, isSettable } from '../../records/spec.ts';
import { type GenericCommand, type GenericVerb, parseGeneric } from '../generic.ts';
import type { ParamInfo } from '../params.ts';
import type { Row } from '../row.ts';
import type { Example } from './form.ts';
import { objects, sample } from './samples.ts';

export const generated = async (command: string, row: Row, params: readonly ParamInfo[]): Promise<readonly Example[]> => {
  const generic = parseGeneric(command);
  return generic === undefined ? [[required(row, params), '']] : await ofClass(generic);
};

const required = (row: Row, params: readonly ParamInfo[]): string => {
  const words = params.filter(({ need }) => need === 'required').map(param => `${param.name}=${sample(param)}`);
  const forced = row.call?.forceNeeded === undefined ? [] : ['--force'];
  return [...words, ...selected(row), ...forced].join(' ');
};

const selectors = { vms: 'vm=web01', hosts: 'host=host1', srs: 'sr=nas' } as const;

/** `host` is a parameter of its own in a few commands, which their selectors then share. */
const selected = ({ selects, required: needed = [] }: Row): readonly string[] => {
  if (selects === undefined || needed.includes(selects.slice(0, -1))) return [];
  return [selectors[selects]];
};

const ofClass = async ({ cls, verb }: GenericCommand): Promise<readonly Example[]> => {
  const fields = fieldsOf(await loadRecord(cliClasses[cls].record)).filter(({ rest }) => rest.hidden !== true);
  return makers[verb](cls, fields, `uuid=${objects[cls] ?? 'UUID'}`);
};

const makers: Readonly<Record<GenericVerb, (cls: CliClassName, fields: readonly Field[], uuid: string) => readonly Example[]>> = {
  list: (cls, fields) => {
    const [first = 'uuid', second = first] = (
      cliClasses[cls].shown.length === 0 ? fields.map(({ name }) => name) : cliClasses[cls].shown
    ).filter(name => name !== 'uuid');
    return [
      ['', 'All of them'],
      [`params=uuid,${first}`, 'Some fields'],
      [`-o json --select uuid,${first}${second === first ? '' : `,${second}`}`, 'As data'],
    ];
  },
  'param-list': (_cls, _fields, uuid) => [[uuid, 'Every field']],
  'param-get': (_cls, fields, uuid) => {
    const [field] = [...fields.filter(isSettable), ...fields].filter(({ name }) => name !== 'uuid');
    const map = best(fields.filter(isMap));
    return [
      [`${uuid} param-name=${field?.name ?? 'uuid'}`, 'One field'],
      ...(map === undefined ? [] : [[`${uuid} param-name=${map.name} param-key=KEY`, 'One key of a map'] as const]),
    ];
  },
  'param-set': (_cls, fields, uuid) => {
    const field = fields.find(each => isSettable(each) && !isMap(each));
    const map = best(fields.filter(each => isMap(each) && isKeySettable(each)));
    return [
      ...(field === undefined ? [] : [[`${uuid} ${field.name}=${valueOf(field)}`, ''] as const]),
      ...(map === undefined ? [] : [[`${uuid} ${map.name}:team=web`, 'One key of a map; the others stay'] as const]),
    ];
  },
  'param-add': (_cls, fields, uuid) =>
    members(
      fields,
      uuid,
      ({ name }) => `param-name=${name} param-key=web`,
      ({ name }) => `param-name=${name} team=web`,
    ),
  'param-remove': (_cls, fields, uuid) =>
    members(
      fields,
      uuid,
      ({ name }) => `param-name=${name} param-key=web`,
      ({ name }) => `param-name=${name} param-key=team`,
    ),
  'param-clear': (_cls, fields, uuid) => {
    const field = best(fields.filter(each => isMap(each) || isSet(each) || clearing(each) !== 'never'));
    return field === undefined ? [] : [[`${uuid} param-name=${field.name}`, '']];
  },
};

/** Of sets and of maps one each, where the class has them. */
const members = (
  fields: readonly Field[],
  uuid: string,
  ofSet: (field: Field) => string,
  ofMap: (field: Field) => string,
): readonly Example[] => {
  const [set, map] = [best(fields.filter(each => isOpen(each) && isSet(each))), best(fields.filter(each => isOpen(each) && isMap(each)))];
  return [
    ...(set === undefined ? [] : [[`${uuid} ${ofSet(set)}`, 'A member of a set'] as const]),
    ...(map === undefined ? [] : [[`${uuid} ${ofMap(map)}`, 'A key of a map'] as const]),
  ];
};

/** Fields that people use for notes of their own. */
const best = (fields: readonly Field[]): Field | undefined =>
  fields.find(({ name }) => name === 'tags') ?? fields.find(({ name }) => name === 'other-config') ?? fields[0];

const valueOf = ({ name, kind, rest }: Field): string => {
  if (name === 'name-label') return 'new';
  if (name === 'name-description') return '"What it is for"';
  if (rest.set === 'bytes') return '1GiB';
  const [form] = (rest.set ?? kind).split(' ');
  if (form?.startsWith('bool') === true) return 'true';
  return form === 'int' || form === 'int!' || form === 'float' ? '1' : 'VALUE';
};
