// The version that `xcp --version` tells: written into the executable when it is built, else read from the package.

import { readFileSync } from 'node:fs';

const packageVersion = (): string => {
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(Object(description).version);
};

export const version = process.env['XCP_VERSION'] ?? packageVersion();
