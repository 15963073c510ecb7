// A map as a tree of lines for a terminal: a sign for the health of each thing, in colour where that is wanted, cut to the width.

import { Chalk, type ChalkInstance } from 'chalk';
import { cut, widthOf } from '../render/width.ts';
import type { Health, MapNode } from './node.ts';

export interface TreeOptions {
  readonly colour: boolean;
  /** Undefined: nothing is cut. */
  readonly columns: number | undefined;
}

const signs: Readonly<Record<Health, string>> = { ok: '●', off: '○', warn: '▲', bad: '✗' };

const paints: Readonly<Record<Health, (chalk: ChalkInstance) => ChalkInstance>> = {
  ok: chalk => chalk.green,
  off: chalk => chalk.dim,
  warn: chalk => chalk.yellow,
  bad: chalk => chalk.red,
};

const minWidth = 20;

/** Words in lines of at most `width` characters. */
const wrapped = (words: string, width: number | undefined): readonly string[] => {
  if (width === undefined) return [words];
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

export const treeLines = (root: MapNode, { colour, columns }: TreeOptions): readonly string[] => {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const lines: string[] = [];
  const room = (used: number): number | undefined => (columns === undefined ? undefined : Math.max(minWidth, columns - used));
  const draw = (node: MapNode, lead: string, below: string): void => {
    const paint = paints[node.health](chalk);
    const width = room(lead.length + 2);
    const name = width === undefined ? node.name : cut(node.name, width);
    const details = `  ${node.details.filter(each => each !== '').join('  ')}`.trimEnd();
    const rest = width === undefined ? details : cut(details, Math.max(0, width - widthOf(name)));
    const isQuiet = node.health === 'off';
    lines.push(`${chalk.dim(lead)}${paint(signs[node.health])} ${isQuiet ? chalk.dim(name) : chalk.bold(name)}${chalk.dim(rest)}`);
    const hasMore = node.children.length > 0;
    const inner = `${below}${hasMore ? '│ ' : '  '}  `;
    for (const fault of node.faults)
      for (const line of wrapped(fault, room(inner.length)))
        lines.push(`${chalk.dim(inner)}${paints[node.health === 'ok' ? 'warn' : node.health](chalk)(line)}`);
    for (const [i, child] of node.children.entries()) {
      const isLast = i === node.children.length - 1;
      draw(child, `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`);
    }
  };
  draw(root, '', '');
  return lines;
};
