// Records as JSON text. A record of the database is frozen, and a change makes a new one: its text is made once and kept as long as the
// record lives. Whole tables are put together from such texts, so that a list of a thousand objects does not cost a thousand encodings.

const texts = new WeakMap<object, string>();

/** A record as JSON, canonical as it is. One that is not frozen may change: its text is not kept. */
export const recordText = (record: unknown): string => {
  if (typeof record !== 'object' || record === null || !Object.isFrozen(record)) return JSON.stringify(record);
  const known = texts.get(record);
  if (known !== undefined) return known;
  const made = JSON.stringify(record);
  texts.set(record, made);
  return made;
};

/** Records by reference as one JSON object. */
export const tableText = (records: object): string => {
  const members: string[] = [];
  for (const [ref, record] of Object.entries(records)) members.push(`${JSON.stringify(ref)}:${recordText(record)}`);
  return `{${members.join(',')}}`;
};
