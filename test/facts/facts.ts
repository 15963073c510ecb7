// What is published about `xe` and the XenAPI, as the tests hold the program against it: commands and their parameters, fields and how
// they are shown, classes, messages, errors. XCP_SPEC names another folder of the same files, unpacked.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const readFacts = <T>(name: 'xe-commands' | 'xe-records' | 'xenapi'): T => {
  const folder = process.env['XCP_SPEC'];
  const text =
    folder === undefined
      ? gunzipSync(readFileSync(join(import.meta.dirname, `${name}.json.gz`))).toString('utf8')
      : readFileSync(join(folder, `${name}.json`), 'utf8');
  const facts: T = JSON.parse(text);
  return facts;
};
