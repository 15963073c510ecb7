// Maps as a picture, laid out here: a column for each step from the host to the guests, a row for each leaf, boxes joined by bent lines.
// No program and no font is needed; widths are guessed from the number of characters.

import { cut } from '../render/width.ts';
import type { Health, MapNode, NodeKind } from './node.ts';

const strokes: Readonly<Record<Health, string>> = { ok: '#2e7d32', off: '#9e9e9e', warn: '#b26a00', bad: '#c62828' };

const fills: Readonly<Record<NodeKind, string>> = {
  host: '#eceff1',
  nic: '#e3f2fd',
  bond: '#d1e8ff',
  tunnel: '#ede7f6',
  network: '#fff8e1',
  vlan: '#fff3d0',
  guest: '#ffffff',
  more: '#fafafa',
};

const charPx = 6.3;
const linePx = 14;
const padPx = 8;
const gapXPx = 46;
const gapYPx = 10;
const marginPx = 16;
const maxChars = 44;

interface Box {
  readonly node: MapNode;
  readonly lines: readonly string[];
  readonly depth: number;
  readonly heightPx: number;
  /** Middle, from the top. */
  readonly yPx: number;
  readonly children: readonly Box[];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Details gathered in lines that are not too long. */
const linesOf = ({ name, details }: MapNode): readonly string[] => {
  const lines: string[] = [];
  for (const detail of details.filter(each => each !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + detail.length + 2 <= maxChars) lines[lines.length - 1] = `${last}  ${detail}`;
    else lines.push(cut(detail, maxChars));
  }
  return [cut(name, maxChars), ...lines];
};

/** Lays out a tree below `topPx`; gives its box and where the next one may begin. */
const layOut = (node: MapNode, depth: number, topPx: number): { readonly box: Box; readonly endPx: number } => {
  const lines = linesOf(node);
  const heightPx = lines.length * linePx + 2 * padPx;
  const children: Box[] = [];
  let endPx = topPx;
  for (const child of node.children) {
    const laid = layOut(child, depth + 1, endPx);
    children.push(laid.box);
    endPx = laid.endPx;
  }
  const [first, last] = [children[0], children.at(-1)];
  const middlePx = first && last ? (first.yPx + last.yPx) / 2 : topPx + heightPx / 2;
  const yPx = Math.max(middlePx, topPx + heightPx / 2);
  return { box: { node, lines, depth, heightPx, yPx, children }, endPx: Math.max(endPx, yPx + heightPx / 2 + gapYPx) };
};

const all = (box: Box): readonly Box[] => [box, ...box.children.flatMap(all)];

/** Width of each column: that of its widest box. */
const widthsOf = (boxes: readonly Box[]): readonly number[] => {
  const widths: number[] = [];
  for (const { depth, lines } of boxes)
    widths[depth] = Math.max(widths[depth] ?? 0, ...lines.map(line => Math.ceil(line.length * charPx) + 2 * padPx));
  return widths;
};

export const svgText = (hosts: readonly MapNode[]): string => {
  const trees: Box[] = [];
  let endPx = marginPx;
  for (const host of hosts) {
    const laid = layOut(host, 0, endPx);
    trees.push(laid.box);
    endPx = laid.endPx + gapYPx;
  }
  const boxes = trees.flatMap(all);
  const widths = widthsOf(boxes);
  const leftPx = widths.map((_, i) => marginPx + widths.slice(0, i).reduce((sum, width) => sum + width + gapXPx, 0));
  const widthPx = (leftPx.at(-1) ?? 0) + (widths.at(-1) ?? 0) + marginPx;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${Math.ceil(endPx)}" viewBox="0 0 ${widthPx} ${Math.ceil(endPx)}" font-family="ui-monospace, monospace" font-size="10.5">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
  ];
  for (const box of boxes)
    for (const child of box.children) {
      const [fromPx, toPx] = [(leftPx[box.depth] ?? 0) + (widths[box.depth] ?? 0), leftPx[child.depth] ?? 0];
      const midPx = (fromPx + toPx) / 2;
      parts.push(
        `<path d="M${fromPx} ${box.yPx} C${midPx} ${box.yPx} ${midPx} ${child.yPx} ${toPx} ${child.yPx}" fill="none" stroke="${strokes[child.node.health]}"${child.node.health === 'off' ? ' stroke-dasharray="4 3"' : ''}/>`,
      );
    }
  for (const { node, lines, depth, heightPx, yPx } of boxes) {
    const [xPx, topPx] = [leftPx[depth] ?? 0, yPx - heightPx / 2];
    parts.push(
      '<g>',
      ...(node.faults.length > 0 ? [`<title>${escaped(node.faults.join('\n'))}</title>`] : []),
      `<rect x="${xPx}" y="${topPx}" width="${widths[depth]}" height="${heightPx}" rx="4" fill="${fills[node.kind]}" stroke="${strokes[node.health]}"${node.health === 'off' ? ' stroke-dasharray="4 3"' : ''}/>`,
      ...lines.map(
        (line, i) =>
          `<text x="${xPx + padPx}" y="${topPx + padPx + (i + 0.75) * linePx}"${i === 0 ? ' font-weight="bold"' : ''} fill="${node.health === 'off' ? '#757575' : '#212121'}">${escaped(line)}</text>`,
      ),
      '</g>',
    );
  }
  return `${[...parts, '</svg>'].join('\n')}\n`;
};
