// The package on a Debian that never saw the project, under its real service manager: installed, upgraded while a guest runs, killed,
// removed, purged. The guest is the same process all the while.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { obstacle } from '../../../tools/fresh/debian.ts';
import { buildPackage, type Machine, packagedMachine } from '../support/packaged-machine.ts';

const why = obstacle();
const MAKING_MS = 900_000;

if (why !== undefined) {
  test.skip(`skipped: ${why}`, () => undefined);
} else {
  describe('the package', () => {
    const out = mkdtempSync(join(tmpdir(), 'xcp-debs-'));
    let machine: Machine;
    const sh = (script: string): Promise<string> => machine.sh(script);
    /** The guest's process: its id, and when it began by the machine's own clock. */
    const guest = (): Promise<string> => sh('p=$(cat /var/lib/xcp/guests/*/pid) && echo $p $(cut -d" " -f22 /proc/$p/stat)');
    const uptime = async (): Promise<number> => {
      const heard = await machine.type('demo', 'echo up $(cat /proc/uptime) end', /up (\d+\.\d+) \S+ end/);
      return Number(/up (\S+)/.exec(heard)?.[1]);
    };
    const agent = (): Promise<string> => sh('systemctl is-active xcp-hostd || true');
    const disk = (): Promise<string> => sh('ls /var/lib/xcp/sr/*.qcow2');
    let born = '';

    beforeAll(async () => {
      machine = await packagedMachine(buildPackage('1.0~lab1', out));
    }, MAKING_MS);
    afterAll(async () => {
      await machine?.[Symbol.asyncDispose]();
      rmSync(out, { recursive: true });
    }, 60_000);

    test('installed by apt with what it needs, it makes a host', async () => {
      expect(machine.installed).toMatch(/Setting up qemu-system-x86 /);
      expect(machine.installed).toMatch(/Setting up openvswitch-switch /);
      expect(await agent()).toBe('active');
      expect(await sh('xcp host-list --minimal')).toMatch(/^[0-9a-f-]{36}$/);
      // Nothing that was installed differs from what the package says.
      expect(await sh('dpkg --verify xcp')).toBe('');
      expect(await sh('systemd-analyze verify --man=no xcp-hostd.service 2>&1')).toBe('');
    });

    test('it brings the command under both names, its manual and its completions', async () => {
      expect(await sh('readlink -f /usr/bin/xe')).toBe('/usr/bin/xcp');
      expect(await sh('xe host-list --minimal')).toBe(await sh('xcp host-list --minimal'));
      for (const page of ['man1/xcp.1', 'man8/xcp-hostd.8', 'man1/xe.1'])
        expect(await sh(`zcat /usr/share/man/${page}.gz | head -n 2`)).toMatch(/\.TH XCP/);
      expect(await sh("bash -c '. /usr/share/bash-completion/completions/xcp && complete -p xcp'")).toBe('complete -F _xcp xcp');
    });

    test('a guest is installed, started, and heard on its console', async () => {
      await sh('xcp vm-install template="Tiny Linux" new-name-label=demo && xcp vm-start vm=demo');
      expect(await machine.type('demo', 'echo six times seven is $((6*7))', /is 42/)).toBe('is 42');
      born = await guest();
    });

    test('an upgrade leaves the guest alone, and what the admin set', async () => {
      const before = await uptime();
      const pid = await sh('systemctl show -p MainPID --value xcp-hostd');
      await sh("sed -i 's/^#log-level: info/log-level: debug/' /etc/xcp/hostd.yaml");
      await sh(`dpkg -i ${machine.put(buildPackage('1.0~lab2', out), 'newer.deb')}`);
      expect(await sh('dpkg-query -W -f \\${Version} xcp')).toBe('1.0~lab2');
      expect(await agent()).toBe('active');
      expect(await sh('systemctl show -p MainPID --value xcp-hostd')).not.toBe(pid);
      expect(await sh('grep -c "^log-level: debug" /etc/xcp/hostd.yaml')).toBe('1');
      expect(await sh('xcp vm-list name-label=demo params=power-state --minimal')).toBe('running');
      expect(await guest()).toBe(born);
      expect(await uptime()).toBeGreaterThan(before);
    });

    test('an agent that was killed is started again, and finds the guest', async () => {
      const pid = await sh('systemctl show -p MainPID --value xcp-hostd');
      await sh(
        `kill -9 ${pid}; until [ "$(systemctl show -p NRestarts --value xcp-hostd)" = 1 ] && systemctl -q is-active xcp-hostd; do sleep 0.2; done`,
      );
      expect(await sh('xcp vm-list name-label=demo params=power-state --minimal')).toBe('running');
      expect(await guest()).toBe(born);
    });

    test('removed, the agent is gone; the guest runs on and its disk is there', async () => {
      await sh('apt-get remove -y -q xcp');
      expect(await agent()).toBe('inactive');
      expect(await sh('command -v xcp || command -v xe || echo gone')).toBe('gone');
      expect(await sh('ls /etc/xcp')).toBe('hostd.yaml');
      expect(await guest()).toBe(born);
      expect(await disk()).not.toBe('');
    });

    test('installed again on the running machine, it starts and finds all', async () => {
      await sh('dpkg -i /root/newer.deb');
      expect(await agent()).toBe('active');
      expect(await sh('xcp vm-list name-label=demo params=power-state --minimal')).toBe('running');
      expect(await guest()).toBe(born);
    });

    test('a purge takes the settings, never a disk', async () => {
      const before = await disk();
      expect(await sh('dpkg --purge xcp 2>&1')).toMatch(/holds disks of guests/);
      expect(await sh('ls -d /etc/xcp /var/cache/xcp 2>/dev/null || echo gone')).toBe('gone');
      expect(await disk()).toBe(before);
      expect(await guest()).toBe(born);
    });

    test('a purge of a host without disks leaves nothing', async () => {
      await sh('dpkg -i /root/newer.deb');
      await sh('xcp vm-shutdown vm=demo --force && xcp vm-uninstall vm=demo --force');
      await sh('dpkg --purge xcp');
      expect(await sh('ls -d /etc/xcp /var/cache/xcp /var/lib/xcp /usr/bin/xe 2>/dev/null || echo gone')).toBe('gone');
      expect(await sh('find /etc /var/lib/systemd -name "*xcp*"')).toBe('');
    });
  });
}
