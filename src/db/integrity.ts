// Finds references that point to nothing and names them: object, field, and where it points.

import { isNullRef } from '../lib/brand.ts';
import type { Problem } from './db.ts';
import type { LayeredReader } from './reader.ts';
import { schemas } from './schema.ts';

export const danglingReferences = (state: LayeredReader): readonly Problem[] => {
  const problems: Problem[] = [];
  for (const { cls, references } of schemas.values()) {
    for (const [ref, typed] of state.all(cls)) {
      const record: Readonly<Record<string, unknown>> = typed;
      for (const { field, target } of references) {
        const value = record[field];
        const targets: readonly unknown[] = Array.isArray(value) ? value : [value];
        for (const one of targets) {
          if (typeof one === 'string' && !isNullRef(one) && !state.find(target, one)) problems.push({ cls, ref, field, target: one });
        }
      }
    }
  }
  return problems;
};
