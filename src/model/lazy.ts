// One class at a time, for those who pay for what they load: the command line.

import { type ClassModel, compileClass } from './compile.ts';
import { loaders } from './loaders.ts';
import type { ClassName } from './typing.ts';

const loaded = new Map<string, Promise<ClassModel>>();

export const isClassName = (name: string): name is ClassName => Object.hasOwn(loaders, name);

export const classNames = Object.keys(loaders) as readonly ClassName[];

/** Loads and compiles a class, once. */
export const loadClass = (name: ClassName): Promise<ClassModel> => {
  const before = loaded.get(name);
  if (before) return before;
  const model = loaders[name]().then(compileClass);
  loaded.set(name, model);
  return model;
};
