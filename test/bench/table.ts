// The table that `npm run bench` prints: what was measured, its floor in the same run, the ratio, the bar.

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly floor: string;
  /** Measured over floor; for throughput the other way round it is said in `bar`. */
  readonly ratio: number;
  readonly bar: { readonly atMost: number } | { readonly atLeast: number } | undefined;
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

const holds = (row: Row): string => {
  if (row.bar === undefined) return '';
  return ('atMost' in row.bar ? row.ratio <= row.bar.atMost : row.ratio >= row.bar.atLeast) ? 'holds' : 'MISSED';
};
const barText = (row: Row): string => (row.bar === undefined ? '' : 'atMost' in row.bar ? `≤ ${row.bar.atMost}` : `≥ ${row.bar.atLeast}`);

export function render(rows: readonly Row[]): string {
  const lines = [
    ['what', 'measured', 'floor', 'ratio', 'bar', ''],
    ...rows.map(r => [r.what, r.measured, r.floor, r.ratio.toFixed(2), barText(r), holds(r)]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0))) ?? [];
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
