// The host's name servers: in systemd-resolved where that has resolv.conf, else in the file itself.

import { readFile, readlink, rename, writeFile } from 'node:fs/promises';
import { errnoOf } from '../../errno.ts';
import { runTool } from '../../tool.ts';

const HEADER = '# Written by xcp hostd from the DNS setting of the management interface.\n';

/** The text with these name servers; options, and where names are searched, stay as they are. Pure. */
export const withNameServers = (text: string, servers: readonly string[]): string => {
  const rest = text.split('\n').filter(line => !/^\s*nameserver\b/.test(line) && line.trim() !== '' && `${line}\n` !== HEADER);
  return [HEADER.trimEnd(), ...rest, ...servers.map(server => `nameserver ${server}`), ''].join('\n');
};

const isResolved = async (path: string): Promise<boolean> =>
  readlink(path).then(
    target => target.includes('systemd/resolve'),
    () => false, // a file of its own
  );

/** Makes them the host's. `device`: the link they are reached by. Idempotent. */
export const setNameServers = async (path: string, device: string, servers: readonly string[]): Promise<void> => {
  if (await isResolved(path)) {
    await runTool('resolvectl', ['dns', device, ...servers]);
    return;
  }
  const before = await readFile(path, 'utf8').catch(() => ''); // there is none yet
  const text = withNameServers(before, servers);
  if (text === before) return;
  const draft = `${path}.xcp-new`;
  await writeFile(draft, text, { mode: 0o644, flush: true });
  try {
    await rename(draft, path);
  } catch (error) {
    // Mounted into a container: it can be written, not replaced.
    if (errnoOf(error) !== 'EBUSY') throw error;
    await writeFile(path, text, { flush: true });
  }
};
