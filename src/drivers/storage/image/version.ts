// Whether a file is the one that was seen before: what its name leads to, how long it is, and when it was last written.

import { stat } from 'node:fs/promises';

export const fileVersion = async (path: string): Promise<string> => {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs].map(number => number.toString(36)).join('x');
};
