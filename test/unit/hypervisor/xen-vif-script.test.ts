// The script that connects a guest's card, run as Xen's tools run it, in a network namespace of its own. Only the store is played.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localDom0 } from '../../../src/drivers/hypervisor/xen/dom0.ts';
import { installVifScript } from '../../../src/drivers/hypervisor/xen/vif-script.ts';

const run = promisify(execFile);
const canMakeSpaces = await run('unshare', ['-n', 'ip', 'tuntap', 'add', 'dev', 'tap0', 'mode', 'tap']).then(
  () => true,
  () => false,
);
const inSpace = canMakeSpaces ? describe : describe.skip;

inSpace('the script for network cards', () => {
  let directory: string;
  let vifScript: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'xcp-vif-'));
    vifScript = join(directory, 'vif-xcp');
    await installVifScript(localDom0, { vifScript });
    const program = async (name: string, text: string): Promise<void> => {
      await writeFile(join(directory, name), `#!/bin/sh\n${text}\n`);
      await chmod(join(directory, name), 0o755);
    };
    await program('xenstore-read', `cat "${directory}/$(basename "$1")" 2>/dev/null`);
    await program('xenstore-write', `while [ $# -gt 0 ]; do printf %s "$2" >"${directory}/$(basename "$1")"; shift 2; done`);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** Runs lines in a fresh namespace, the script among them as `connect VIF`. */
  const inside = async (vifname: string, lines: string): Promise<string> => {
    await rm(join(directory, 'hotplug-status'), { force: true });
    await writeFile(join(directory, 'vifname'), vifname);
    await writeFile(join(directory, 'mtu'), '1400');
    const connect = `connect() { XENBUS_PATH=backend/vif/3/0 vif=$1 ${vifScript} online; }`;
    const env = { ...process.env, PATH: `${directory}:${process.env['PATH']}:/usr/sbin:/sbin` };
    // sysfs of the namespace itself, since the script looks there.
    const script = `mount -t sysfs sys /sys && ${connect} && ${lines}`;
    return (await run('unshare', ['-n', '-m', 'sh', '-ec', script], { env })).stdout;
  };
  const status = (): Promise<string> => readFile(join(directory, 'hotplug-status'), 'utf8');

  const tap = 'ip tuntap add dev tap7 mode tap; ip link set dev tap7 alias "xcp tag some-vif" up';
  const card = (name: string): string => `ip link add ${name} type veth peer name ${name.replace('vif', 'far')}`;

  test('the card takes the place, the name and the mark of the device that held its port', async () => {
    const shown = await inside(
      'tap7',
      `${tap}; ${card('vif3.0')}; connect vif3.0; ip -o link show dev tap7; cat /sys/class/net/tap7/ifalias; ls /sys/class/net`,
    );
    expect(shown).toMatch(/tap7@.* mtu 1400 /);
    expect(shown).toMatch(/[<,]UP[,>]/);
    expect(shown).toContain('xcp tag some-vif');
    expect(shown).not.toContain('vif3.0');
    expect(await status()).toBe('connected');
  });

  test('the next domain’s card takes the name again, though no device holds it any more', async () => {
    const shown = await inside('tap7', `${card('vif4.0')}; connect vif4.0; cat /sys/class/net/tap7/ifalias`);
    expect(shown.trim()).toBe('xcp tag some-vif');
    expect(await status()).toBe('connected');
  });

  test('a card that is on no network is brought up under its own name', async () => {
    expect(await inside('', `${card('vif5.0')}; connect vif5.0; ip -o link show dev vif5.0`)).toContain('vif5.0@');
    expect(await status()).toBe('connected');
  });

  test('a name that somebody else’s device has is left to it, and the card fails with the reason', async () => {
    await expect(inside('eth9', `ip link add eth9 type veth peer name eth8; ${card('vif6.0')}; connect vif6.0`)).rejects.toThrow();
    expect(await status()).toBe('error');
    expect(await readFile(join(directory, 'hotplug-error'), 'utf8')).toContain('cannot be renamed to eth9');
  });
});
