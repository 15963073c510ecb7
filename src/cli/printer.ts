// The two layouts of output: text for people, and `--minimal` for scripts, where all that is printed becomes one line of values.

import type { OutputStream } from './io.ts';
import type { TypedRecord } from './records/typed.ts';

export type Cell = readonly [label: string, value: string];
export type Rows = readonly Cell[];

/** A list, one record, or the only value of one. */
export type TypedLayout = 'many' | 'one' | 'bare';

export interface Printer {
  readonly isMinimal: boolean;
  /** Records, each a list of labelled values. Minimal: the first value of each; nothing at all if one of them is empty. */
  table(records: readonly Rows[]): void;
  /** One text per line. Minimal: the texts, separated by commas. */
  lines(texts: readonly string[]): void;
  /** A note for people. Minimal: dropped. */
  note(text: string): void;
  /** For people on stderr, without a line end. Minimal: dropped. */
  warn(text: string): void;
  /** Bytes or text that go out as they are, in both layouts. */
  direct(text: string | Uint8Array): void;
  /** Takes typed records in place of a table; absent where the output is text. */
  typed?(records: readonly TypedRecord[], layout: TypedLayout): void;
  /** Ends the output of a command that succeeded. */
  finish(): void;
  /** Writes what was collected, where the form of the output is known only when all is there. */
  render?(): Promise<void>;
}

export const printerFor = (minimal: boolean, stdout: OutputStream, stderr: OutputStream): Printer =>
  minimal ? minimalPrinter(stdout) : textPrinter(stdout, stderr);

const textPrinter = (stdout: OutputStream, stderr: OutputStream): Printer => ({
  isMinimal: false,
  table: records => {
    const layOutNext = layout();
    let text = '';
    for (const record of records) text += `${layOutNext(record)}\n\n\n`;
    stdout.write(text);
  },
  lines: texts => {
    stdout.write(texts.map(text => `${text}\n`).join(''));
  },
  note: text => {
    stdout.write(`${text}\n`);
  },
  warn: text => {
    stderr.write(text);
  },
  direct: text => {
    stdout.write(text);
  },
  finish: () => undefined,
});

const minimalPrinter = (stdout: OutputStream): Printer => {
  const said: (readonly string[])[] = [];
  return {
    isMinimal: true,
    table: records => {
      if (records.every(record => record.length > 0)) said.push(records.map(record => record[0]?.[1] ?? ''));
    },
    lines: texts => {
      said.push(texts);
    },
    note: () => undefined,
    warn: () => undefined,
    direct: text => {
      stdout.write(text);
    },
    // What was printed last comes first.
    finish: () => {
      stdout.write(`${said.toReversed().flat().map(escapeComma).join(',')}\n`);
    },
  };
};

const escapeComma = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(',', '\\,');

const INDENT = 4;

/** The first label stands left, the others right; the values stand in one column. */
export const layOut = (record: Rows): string => layout()(record);

/** Lays out one record after another. Those of one list have the same labels, which are padded once. */
const layout = (): ((record: Rows) => string) => {
  let padded: readonly string[] = [];
  let labels: readonly string[] = [];
  return record => {
    if (record.length !== labels.length || record.some(([label], i) => label !== labels[i])) {
      labels = record.map(([label]) => label);
      const width = INDENT + Math.max(0, ...labels.map(label => label.length));
      padded = labels.map((label, i) => `${i === 0 ? label.padEnd(width) : label.padStart(width)}: `);
    }
    let text = '';
    for (let i = 0; i < record.length; i += 1) text += `${i === 0 ? '' : '\n'}${padded[i] ?? ''}${record[i]?.[1] ?? ''}`;
    return text;
  };
};
