// The Open vSwitch driver on a real switch of its own: user-space datapath, real tap devices.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseNetwork } from '../../../src/drivers/network/choose.ts';
import { createOvsNetwork } from '../../../src/drivers/network/ovs/driver.ts';
import { leavePrivateSwitch, startPrivateSwitch, stopPrivateSwitch } from '../../../src/drivers/network/ovs/private-switch.ts';
import type { NetworkDriver } from '../../../src/drivers/network.ts';
import { findProgram } from '../../../src/drivers/tool.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { networkContract, testPort, type NetworkHarness } from '../../contract/network-contract.ts';
import { desiredStateContract } from '../../contract/network-desired-contract.ts';

const run = promisify(execFile);

const missing: string[] = [];
for (const program of ['ovs-vswitchd', 'ovsdb-server', 'ovsdb-tool', 'ovs-vsctl', 'ip'])
  if ((await findProgram(program)) === undefined) missing.push(`${program} is not installed`);
if (process.getuid?.() !== 0) missing.push('this is not root');
await access('/dev/net/tun').catch(() => missing.push('/dev/net/tun does not exist'));
const lab = missing.length === 0 ? describe : describe.skip;
if (missing.length > 0) process.stderr.write(`Open vSwitch is not tested: ${missing.join(', ')}\n`);

const log = silentLogger;
const bridge = { bridge: 'xenbr0', networkId: '11111111-2222-4333-8444-555555555555', mtu: 1500 };
const taps = async (): Promise<string[]> => (await readdir('/sys/class/net')).filter(name => name.startsWith('tap'));

lab('Open vSwitch', () => {
  let stateDir: string;
  let rundir: string;
  let tapsBefore: string[];
  const open = (): NetworkDriver => createOvsNetwork({ stateDir, log, rundir, datapath: 'netdev', privateNames: true });
  const vsctl = async (...args: string[]): Promise<string> =>
    (await run('ovs-vsctl', [`--db=unix:${rundir}/db.sock`, '--timeout=10', ...args])).stdout.trim();

  beforeAll(async () => {
    tapsBefore = await taps();
    stateDir = await mkdtemp(join(tmpdir(), 'xcp-ovs-'));
    rundir = await startPrivateSwitch();
  });
  afterAll(async () => {
    await leavePrivateSwitch(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  });

  const harness = async (): Promise<NetworkHarness> => ({
    driver: open,
    survivesRestart: true,
    async [Symbol.asyncDispose]() {
      const network = open();
      await Promise.all((await network.ports()).map(id => network.unplug(id)));
      await network.apply({ networks: [], ports: [] });
      await network.close();
    },
  });
  describe('contract', () => networkContract(harness));
  describe('contract of the desired state', () => desiredStateContract(harness));

  test('a port bears its names, its access mode and its rate', async () => {
    const network = open();
    await network.ensureBridge(bridge);
    const vif = testPort({ rateKbps: 8000, mac: '02:00:00:00:00:07' });
    const attachment = await network.plug(vif);
    if (attachment.kind !== 'tap') throw new Error('no tap');
    expect(attachment.wholeChecksums).toBe(true);
    expect(await vsctl('get', 'port', attachment.ifname, 'vlan_mode')).toBe('access');
    expect(await vsctl('get', 'interface', attachment.ifname, 'ingress_policing_rate')).toBe('8000');
    expect(await vsctl('get', 'interface', attachment.ifname, 'external_ids')).toContain(vif.id);
    const device = await vsctl('iface-to-br', attachment.ifname);
    expect(await vsctl('get', 'bridge', device, 'external_ids')).toContain(bridge.networkId);
    expect(await vsctl('get', 'bridge', device, 'datapath_type')).toBe('netdev');
    await network.unplug(vif.id);
    await network.removeBridge('xenbr0');
    await network.close();
  });

  test('two hosts on one machine have the same bridge and VIF, each its own', async () => {
    const other = await mkdtemp(join(tmpdir(), 'xcp-ovs-'));
    const [a, b] = [open(), createOvsNetwork({ stateDir: other, log, rundir, datapath: 'netdev', privateNames: true })];
    const vif = testPort();
    for (const network of [a, b]) await network.ensureBridge(bridge);
    expect(await a.plug(vif)).not.toEqual(await b.plug(vif));
    await a.unplug(vif.id);
    expect(await b.ports()).toEqual([vif.id]);
    // The second goes for good, with its port; the switch stays for the first.
    await b.close();
    await leavePrivateSwitch(other);
    expect(await a.ports()).toEqual([]);
    expect((await vsctl('list-br')).split('\n')).toHaveLength(1);
    await a.removeBridge('xenbr0');
    await a.close();
    await rm(other, { recursive: true, force: true });
  });

  test('frames pass between the ports of a bridge and to no other', async () => {
    const network = open();
    await network.ensureBridge(bridge);
    await network.ensureBridge({ ...bridge, bridge: 'xenbr1' });
    const vifs = [testPort(), testPort(), testPort({ bridge: 'xenbr1' })];
    const names: string[] = [];
    for (const vif of vifs) {
      const attachment = await network.plug(vif);
      if (attachment.kind === 'tap') names.push(attachment.ifname);
    }
    // What a hypervisor does: it opens the taps, reads from some and writes a frame to one.
    const heard = await run('python3', ['-c', frames, ...names]);
    expect(JSON.parse(heard.stdout)).toEqual([true, false]);
    await Promise.all(vifs.map(({ id }) => network.unplug(id)));
    for (const name of ['xenbr0', 'xenbr1']) await network.removeBridge(name);
    await network.close();
  });

  test('hundreds of ports at once cost a few transactions', async () => {
    const network = open();
    await network.ensureBridge(bridge);
    const before = Number(await vsctl('get', 'open_vswitch', '.', 'next_cfg'));
    const vifs = Array.from({ length: 200 }, () => testPort());
    await Promise.all(vifs.map(vif => network.plug(vif)));
    expect(await network.ports()).toHaveLength(200);
    expect(Number(await vsctl('get', 'open_vswitch', '.', 'next_cfg')) - before).toBeLessThanOrEqual(2);
    await Promise.all(vifs.map(({ id }) => network.unplug(id)));
    await network.removeBridge('xenbr0');
    await network.close();
  });

  test('an interface that cannot be made is told and leaves nothing', async () => {
    const network = createOvsNetwork({ stateDir, log, rundir, datapath: 'netdev' });
    // `lo` exists and cannot become a bridge's own interface.
    await expect(network.ensureBridge({ ...bridge, bridge: 'lo' })).rejects.toThrow(/lo/);
    expect((await vsctl('list-br')).split('\n')).not.toContain('lo');
    await network.close();
  });

  test('a lost connection is made anew, and the daemons are found again', async () => {
    const network = open();
    await network.ensureBridge(bridge);
    const pid = await readFile(join(rundir, 'ovsdb-server.pid'), 'utf8');
    expect(await startPrivateSwitch()).toBe(rundir);
    expect(await readFile(join(rundir, 'ovsdb-server.pid'), 'utf8')).toBe(pid);
    // Others on this machine may have bridges there; then their switch is left alone.
    if ((await vsctl('list-br')).split('\n').length > 1) return;
    await stopPrivateSwitch({ erase: false });
    await expect(network.probe()).rejects.toMatchObject({ kind: 'unreachable' });
    await startPrivateSwitch();
    const vif = testPort();
    await network.plug(vif);
    expect(await network.ports()).toEqual([vif.id]);
    await network.unplug(vif.id);
    await network.removeBridge('xenbr0');
    await network.close();
  });

  test('is chosen where it can be, by itself', async () => {
    const chosen = await chooseNetwork({ wanted: 'auto', stateDir, log, rundir: join(stateDir, 'nowhere'), startPrivateSwitch: true });
    expect(await chosen.probe()).toMatchObject({ kind: 'ovs' });
    await chosen.close();
    const none = await chooseNetwork({ wanted: 'auto', stateDir, log, rundir: join(stateDir, 'nowhere') });
    expect(await none.probe()).toMatchObject({ kind: 'user', degraded: expect.stringContaining('does not answer') });
    await expect(chooseNetwork({ wanted: 'ovs', stateDir, log, rundir: join(stateDir, 'nowhere') })).rejects.toMatchObject({
      kind: 'unreachable',
    });
  });

  test('nothing of all this is left on the machine', async () => {
    expect((await taps()).filter(name => !tapsBefore.includes(name))).toEqual([]);
  });
});

/** Opens three taps; a broadcast frame goes into the first; prints whether the second and the third heard it. */
const frames = `
import fcntl, json, os, select, struct, sys, time
def tap(name):
    f = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(f, 0x400454ca, struct.pack('16sH22x', name.encode(), 0x1002))
    return f
taps = [tap(n) for n in sys.argv[1:4]]
frame = b'\\xff' * 6 + bytes.fromhex('020000000002') + b'\\x88\\xb5' + b'xcp-test-frame'.ljust(60, b'.')
heard = [False, False]
end = time.time() + 5
while time.time() < end and not heard[0]:
    os.write(taps[0], frame)
    for f in select.select(taps[1:], [], [], 0.2)[0]:
        if b'xcp-test-frame' in os.read(f, 2048):
            heard[taps.index(f) - 1] = True
print(json.dumps(heard))
`;
