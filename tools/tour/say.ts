// How the tour speaks: steps, commands as they could be typed, facts. Colour only on a terminal that wants it.

const colour = process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = (text: string): string => paint(1, text);
export const dim = (text: string): string => paint(2, text);

export const title = (text: string): void => console.log(`\n${bold(text)}`);
export const done = (text: string): void => console.log(`${paint(32, '✓')} ${text}`);
export const note = (text: string): void => console.log(dim(`  ${text}`));
export const fact = (label: string, value: string): void => console.log(`  ${label.padEnd(24)} ${bold(value)}`);

const plain = /^[\w@%+=:,./-]+$/;
export const quote = (word: string): string => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
export const command = (words: readonly string[]): void => console.log(`${paint(36, '$')} bin/xcp ${words.map(quote).join(' ')}`);

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
