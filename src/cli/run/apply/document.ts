// A YAML file as a tree in which everything knows where it stands, so that whatever is wrong with it can be told by line and path.

import type { Node as YamlNode } from 'yaml';
import { valueText } from '../../../client/values.ts';

export interface Place {
  /** `vms[0].disks[1].size`; empty for the file as a whole. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export type Located =
  | { readonly kind: 'map'; readonly place: Place; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly Located[] }
  /** `text` is what was written, without quotes. */
  | { readonly kind: 'scalar'; readonly place: Place; readonly value: unknown; readonly text: string };

export interface Entry {
  readonly key: string;
  /** Of the key. */
  readonly place: Place;
  readonly node: Located;
}

/** What is wrong, and where. */
export interface Problem {
  readonly place: Place;
  readonly message: string;
}

export const problemText = (file: string, { place, message }: Problem): string =>
  `${file}:${place.line}:${place.column}: ${place.path === '' ? '' : `${place.path}: `}${message}`;

export type Read = { readonly kind: 'read'; readonly root: Located } | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** Aliases are not followed further than this, so that no file grows without bound when it is read. */
const MAX_DEPTH = 32;

export const readDocument = async (text: string): Promise<Read> => {
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number, path: string): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // What follows the first mistake is understood by nobody.
  const [first] = document.errors;
  if (first !== undefined) return { kind: 'wrong', problems: [{ place: at(first.pos[0], ''), message: `not YAML: ${first.message}` }] };
  const problems: Problem[] = [];
  const visit = (node: YamlNode | null, path: string, near: Place, depth: number): Located => {
    const place = node?.range ? at(node.range[0], path) : { ...near, path };
    if (depth > MAX_DEPTH || isAlias(node)) {
      problems.push({ place, message: isAlias(node) ? 'aliases are not taken here: write the value out' : 'this is nested too deeply' });
      return { kind: 'scalar', place, value: null, text: '' };
    }
    if (isMap<YamlNode, YamlNode | null>(node)) {
      const entries = node.items.map((pair): Entry => {
        const key = isScalar(pair.key) ? String(pair.key.value) : '';
        const below = path === '' ? key : `${path}.${key}`;
        const keyPlace = pair.key.range ? at(pair.key.range[0], below) : { ...place, path: below };
        if (!isScalar(pair.key)) problems.push({ place: keyPlace, message: 'a key is a word' });
        return { key, place: keyPlace, node: visit(pair.value, below, keyPlace, depth + 1) };
      });
      return { kind: 'map', place, entries };
    }
    if (isSeq<YamlNode | null>(node)) {
      return { kind: 'list', place, items: node.items.map((item, i) => visit(item, `${path}[${i}]`, place, depth + 1)) };
    }
    if (isScalar(node)) return { kind: 'scalar', place, value: node.value, text: node.source ?? valueText(node.value) };
    return { kind: 'scalar', place, value: null, text: '' };
  };
  const root = visit(document.contents, '', { path: '', line: 1, column: 1 }, 0);
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'read', root };
};
