// Records as a table that fits the terminal: the widest columns give way first. Not on a terminal nothing is cut.

import Table from 'cli-table3';
import type { OutputStream } from '../io.ts';
import type { TypedLayout } from '../printer.ts';
import type { Typed, TypedRecord } from '../records/typed.ts';
import { columnsOf, isReference, plainText } from './formats.ts';
import { cut, widthOf } from './width.ts';

const GAP = 2;
const MIN_WIDTH = 6;

export const tableText = (records: readonly TypedRecord[], layout: TypedLayout, stdout: OutputStream): string => {
  const [first] = records;
  if (first === undefined) return '';
  if (layout === 'bare') return `${Object.values(first).map(cellText).join('')}\n`;
  const [head, rows] = layout === 'one' ? upright(first) : lying(records);
  const natural = head.map((name, i) => Math.max(widthOf(name), ...rows.map(row => widthOf(row[i] ?? ''))));
  const widths = stdout.isTTY ? fitted(natural, stdout.columns) : natural;
  const table = new Table({
    head: [...head],
    colWidths: widths.map((width, i) => (i === widths.length - 1 ? width : width + GAP)),
    chars: noLines,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map(row => row.map((cell, i) => cut(cell, widths[i] ?? 0))));
  const [title = '', ...lines] = table
    .toString()
    .split('\n')
    .map(line => line.trimEnd());
  return `${[layout === 'one' ? undefined : title, ...lines].filter(line => line !== undefined).join('\n')}\n`;
};

const upright = (record: TypedRecord): readonly [readonly string[], readonly (readonly string[])[]] => [
  ['', ''],
  Object.entries(record).map(([name, value]) => [name, cellText(value)]),
];

const lying = (records: readonly TypedRecord[]): readonly [readonly string[], readonly (readonly string[])[]] => {
  const columns = columnsOf(records);
  return [columns.map(column => column.toUpperCase()), records.map(record => columns.map(column => cellText(record[column] ?? null)))];
};

/** For people: of a reference its name. */
const cellText = (value: Typed): string => {
  const text = isReference(value) && value.name !== undefined && value.name !== '' ? value.name : plainText(value);
  // What a guest or a user has written must not steer the terminal.
  return text.replaceAll(/\p{Cc}+/gu, ' ');
};

/** Widths that fit into `columns` together with the gaps. */
export const fitted = (natural: readonly number[], columns: number): readonly number[] => {
  const room = Math.max(columns - GAP * (natural.length - 1), natural.length * MIN_WIDTH);
  const widths = [...natural];
  for (let over = sum(widths) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
