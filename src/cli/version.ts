// The version that `xcp --version` tells: written into the executable when it is built, else read from the package.

import { readFileSync } from 'node:fs';

const packageFile = new URL('../../package.json', import.meta.url);

const packageVersion = (): string => {
  const description: unknown = JSON.parse(readFileSync(packageFile, 'utf8'));
  return String(Object(description).version);
};

export const version = process.env['XCP_VERSION'] ?? packageVersion();
