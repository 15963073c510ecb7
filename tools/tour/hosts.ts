// What a host of the tour needs before it starts, and how it is called when it runs.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { type Host, logOf, xcp } from '../hosts/host.ts';

/** The folder and a user root with the password, which goes in by standard input. */
export function prepare(folder: string, password: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  execFileSync(xcp, ['hostd', 'passwd', 'root', '--state-dir', folder], { input: `${password}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
}

/** From the host's software versions: the parts that a person wants to know. */
export function kindOfHosts(versions: string): string {
  const parts = versions.split('; ').filter(part => /^(hypervisor|accelerator):/i.test(part));
  return parts.length > 0 ? parts.join(', ') : versions;
}

/** SHA-256 of the host's certificate, as it said when it was ready: whoever is told it trusts no one else. */
export const fingerprintOf = (host: Host): string => /"fingerprint":"([0-9A-F:]+)"/.exec(logOf(host.folder))?.[1] ?? '';
