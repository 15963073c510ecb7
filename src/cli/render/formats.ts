// Records as text, one function per form.

import type { OutputStream } from '../io.ts';
import type { Format } from '../own-options.ts';
import type { TypedLayout } from '../printer.ts';
import type { Typed, TypedRecord } from '../records/typed.ts';

/** The whole text with its line end; '' for nothing. */
export const recordsText = async (
  format: Format,
  records: readonly TypedRecord[],
  layout: TypedLayout,
  stdout: OutputStream,
): Promise<string> => {
  switch (format) {
    case 'json':
      return `${JSON.stringify(wholeOf(records, layout), undefined, 2)}\n`;
    case 'ndjson':
      return layout === 'bare'
        ? `${JSON.stringify(wholeOf(records, layout))}\n`
        : records.map(record => `${JSON.stringify(record)}\n`).join('');
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(wholeOf(records, layout));
    }
    case 'csv':
      return csvText(records);
    case 'value':
      return records
        .map(
          record =>
            `${Object.values(record)
              .map(value => oneLine(plainText(value)))
              .join('\t')}\n`,
        )
        .join('');
    case 'table': {
      const { tableText } = await import('./table.ts');
      return tableText(records, layout, stdout);
    }
    default:
      return format satisfies never;
  }
};

/** A list of records, one record, or the only value of one. */
const wholeOf = (records: readonly TypedRecord[], layout: TypedLayout): Typed => {
  const [first] = records;
  if (layout === 'many') return records;
  if (layout === 'one') return first ?? {};
  return Object.values(first ?? {})[0] ?? null;
};

/** All fields that any record has, in the order in which they were first seen. */
export const columnsOf = (records: readonly TypedRecord[]): readonly string[] => [
  ...new Set(records.flatMap(record => Object.keys(record))),
];

const csvText = (records: readonly TypedRecord[]): string => {
  const columns = columnsOf(records);
  if (columns.length === 0) return '';
  const lines = [columns, ...records.map(record => columns.map(column => plainText(record[column] ?? null)))];
  return lines.map(cells => `${cells.map(csvCell).join(',')}\r\n`).join('');
};

const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A value without its type: a reference as its uuid, members with `; ` between them. */
export const plainText = (value: Typed): string => {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return value.map(plainText).join('; ');
  if (isReference(value)) return value.uuid;
  return Object.entries(value)
    .map(([key, each]) => `${key}: ${plainText(each)}`)
    .join('; ');
};

const isList = (value: Typed): value is readonly Typed[] => Array.isArray(value);

export const isReference = (value: Typed): value is { readonly uuid: string; readonly name?: string } =>
  typeof value === 'object' && value !== null && !isList(value) && 'uuid' in value && Object.keys(value).length <= 2;

/** Line ends, tabs and backslashes written as such, so that a line stays a line. */
const oneLine = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
