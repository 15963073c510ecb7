// Objects that lists refer to: how often the server is asked, and what is had without waiting.

import { expect, test } from '@jest/globals';
import { Session } from '../../../src/client/session.ts';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { Objects } from '../../../src/cli/records/objects.ts';
import { fieldsOf, type RecordSpec } from '../../../src/cli/records/spec.ts';
import { fetchLinked, fieldText } from '../../../src/cli/records/value.ts';

const spec: RecordSpec = {
  api: 'VM',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'memory-actual': ['RO', 'metrics.memory_actual', 'int'],
    'start-time': ['RO', 'metrics.start_time', 'datetime'],
    'resident-on': ['RO', 'resident_on', 'uuid host'],
    tags: ['SRW', 'VBDs', 'uuids VBD'],
  },
};

const server = () => {
  const asked: string[] = [];
  const record = (ref: string): object => ({ uuid: `uuid of ${ref}`, memory_actual: 7, start_time: 'now' });
  const request = async ({ method, params }: RpcRequest): Promise<unknown> => {
    asked.push(method);
    if (method.endsWith('.get_record')) return record(String(params[1]));
    return Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`ref${i}`, record(`ref${i}`)]));
  };
  return { asked, session: new Session({ request, close: () => undefined }, 'session') };
};

const subjectsOf = (session: Session, count: number) => {
  const objects = new Objects(session);
  return Array.from({ length: count }, (_, i) => ({
    spec,
    ref: `vm${i}`,
    record: { uuid: `vm ${i}`, metrics: `ref${i}`, resident_on: 'ref0', VBDs: [`ref${i}`, 'OpaqueRef:NULL'] },
    objects,
    session,
  }));
};

test('one round asks for everything, after which every text is there', async () => {
  const { asked, session } = server();
  const subjects = subjectsOf(session, 10);
  await fetchLinked(fieldsOf(spec), subjects);
  expect(asked.toSorted()).toEqual(['VBD.get_all_records', 'VM_metrics.get_all_records', 'host.get_record']);
  const texts = subjects.slice(0, 1).flatMap(subject => fieldsOf(spec).map(field => fieldText(field, subject)));
  expect(texts).toEqual(['vm 0', '7', 'now', 'uuid of ref0', 'uuid of ref0; <not in database>']);
  expect(asked.length).toBe(3);
});

test('a text that nobody asked for before comes later, and is the same', async () => {
  const { session } = server();
  const [subject] = subjectsOf(session, 1);
  const [, memory] = fieldsOf(spec);
  if (subject === undefined || memory === undefined) throw new Error('nothing to show');
  const text = fieldText(memory, subject);
  expect(text).toBeInstanceOf(Promise);
  expect(await text).toBe('7');
  expect(fieldText(memory, subject)).toBe('7');
});
