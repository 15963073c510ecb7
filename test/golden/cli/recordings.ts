// The recorded commands of `xe`: where they are and how one is compared.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Records } from '../../support/fake-server.ts';

const folder = process.env['XCP_GOLDEN'] ?? resolve(import.meta.dirname, '../../../../shared/golden');

export const recordingsArePresent = existsSync(join(folder, 'read'));

export interface Recording {
  readonly id: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly rcfile?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly transport: 'unix' | 'tls';
  readonly ordering?: 'exact' | 'set-of-records' | 'minimal-set' | 'lines-set';
}

export const readFamily = (family: string): readonly Recording[] =>
  readFileSync(join(folder, 'read', `${family}.jsonl`), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map((line): Recording => JSON.parse(line));

export const readPool = (): Records => JSON.parse(gunzipSync(readFileSync(join(folder, 'pool/records.json.gz'))).toString('utf8'));

/** Lines of fields that the dump cannot give; left out on both sides. */
const underivable = new RegExp(
  `^ *(${[
    'remaining-capacity',
    'supported-sr-types',
    'license-state',
    'https-only',
    'ssh-enabled',
    'ssh-enabled-timeout',
    'ssh-expiry',
    'ssh-auto-mode',
    'console-idle-timeout',
    'memory-target',
    'allowed-VBD-devices',
    'allowed-VIF-devices',
    'possible-hosts',
    'VCPUs-utilisation',
    'cooperative',
    'memory-free-computed',
    'attachable',
    'io_read_kbs',
    'io_write_kbs',
    'enabled-VGPU-types',
    'supported-VGPU-types',
    'type-model-name',
    'secret',
  ].join('|')}) \\(.{3}\\)( \\[DEPRECATED\\])?: .*$\n?`,
  'gm',
);

const special = /\$\{(description:[A-Z_|]+|summary|usage)\}/;

/** Whether `actual` is what `expected` says: literally, but for the texts that each product writes in its own words. */
export const sameText = (expected: string, actual: string): boolean => {
  const [wanted, got] = [expected, actual].map(text => text.replace(underivable, ''));
  if (wanted === undefined || got === undefined) return false;
  if (!special.test(wanted)) return wanted === got;
  const pattern = wanted
    .split(new RegExp(special.source, 'g'))
    .map((part, i) => (i % 2 === 0 ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : '[\\s\\S]+?'))
    .join('');
  return new RegExp(`^${pattern}$`).test(got);
};
