// Reads the imports of every source file: static, dynamic and type-only alike.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export interface Import {
  readonly from: string;
  readonly to: string;
  readonly kind: 'static' | 'dynamic' | 'type';
}

export const root = resolve(import.meta.dirname, '../..');

export function sourceFiles(folder = 'src'): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const staticImport = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamicImport = /import\(\s*'([^']+)'\s*\)/g;

export function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const target = (spec: string): string => (spec.startsWith('.') ? relative(root, resolve(root, dirname(file), spec)) : spec);
  return [
    ...[...text.matchAll(staticImport)].map(m => ({
      from: file,
      to: target(m[2] ?? ''),
      kind: m[1] === undefined ? ('static' as const) : ('type' as const),
    })),
    ...[...text.matchAll(dynamicImport)].map(m => ({ from: file, to: target(m[1] ?? ''), kind: 'dynamic' as const })),
  ];
}
