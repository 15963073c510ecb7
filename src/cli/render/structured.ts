// Output as data: what a command says becomes records, and these become JSON, lines of JSON, YAML, CSV, bare values or a table.

import { CommandError } from '../exit.ts';
import type { OutputStream } from '../io.ts';
import type { Format } from '../own-options.ts';
import type { Printer, Rows, TypedLayout } from '../printer.ts';
import type { Typed, TypedRecord } from '../records/typed.ts';
import type { Row } from '../table/row.ts';

export interface StructuredOptions {
  readonly format: Format;
  readonly select: readonly string[] | undefined;
  readonly row: Row;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** A printer that collects records and writes them all when the command succeeded. */
export const structuredPrinter = ({ format, select, row, stdout, stderr }: StructuredOptions): StructuredPrinter => {
  const said: TypedRecord[] = [];
  let layout: TypedLayout = isOne(row) ? 'one' : 'many';
  const add = (records: readonly TypedRecord[]): void => {
    said.push(...(select === undefined ? records : records.map(record => picked(record, select))));
  };
  const render = async (): Promise<void> => {
    const { recordsText } = await import('./formats.ts');
    const text = await recordsText(format, said, layout, stdout);
    if (text !== '') stdout.write(text);
  };
  return {
    isMinimal: false,
    typed: (records, how) => {
      layout = how;
      said.push(...records);
    },
    table: records => {
      if (records.length > 1) layout = 'many';
      add(records.map(fromCells));
    },
    lines: texts => {
      if (texts.length !== 1) layout = 'many';
      add(texts.map(fromText));
    },
    note: text => {
      if (row.call?.prints === 'text') add([fromText(text)]);
      else stderr.write(`${text}\n`);
    },
    warn: text => {
      stderr.write(text);
    },
    direct: text => {
      if (typeof text !== 'string') stdout.write(text);
      else if (UUID.test(text.trim())) add([fromText(text.trim())]);
      else stderr.write(text);
    },
    finish: () => undefined,
    render,
  };
};

export interface StructuredPrinter extends Printer {
  /** Writes what was collected. */
  render(): Promise<void>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A command that tells one thing, not a list of things. */
const isOne = ({ call, selects }: Row): boolean =>
  selects === undefined && call?.prints !== 'lines' && !(typeof call?.prints === 'object' && 'uuidsOf' in call.prints);

const fromText = (text: string): TypedRecord => (UUID.test(text) ? { uuid: text } : { value: text });

const fromCells = (cells: Rows): TypedRecord =>
  Object.fromEntries(cells.map(([label, value]): readonly [string, Typed] => [label.replace(/ \([ SM]?R[OW]\).*$/, '').trim(), value]));

const picked = (record: TypedRecord, select: readonly string[]): TypedRecord => {
  const unknown = select.find(name => !Object.hasOwn(record, name));
  if (unknown !== undefined)
    throw new CommandError(`There is no field '${unknown}' to select: there are ${Object.keys(record).join(', ')}`);
  return Object.fromEntries(select.map(name => [name, record[name] ?? null]));
};
