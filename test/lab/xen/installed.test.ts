// A Debian dom0 as its installer leaves it, under its own service manager, becomes a host by installing the package: a guest is started, heard, on its
// network, obeys an agent that was killed, and is left alone by an upgrade and a removal, with every record that it wrote.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildTinyLinux } from '../../../src/drivers/hypervisor/tiny-linux/build.ts';
import { buildPackage } from '../support/packaged-machine.ts';
import { missingForHosts } from '../support/xen/executable.ts';
import { type ExtraDisk, makeExtraDisk } from '../support/xen/extra-disk.ts';
import { EMULATED } from '../support/xen/host.ts';
import { xenImage } from '../support/xen/image.ts';
import { bootXenMachine, type XenMachine } from '../support/xen/machine.ts';

const reason = await missingForHosts();
const tinyLinux = join(import.meta.dirname, '../../../.cache/tiny-linux');
const DISK_MIB = 400;
const DOM0_MIB = 1536;
const HEARD_S = 240;
/** A guest that still boots swallows what is typed. */
const TYPED_AGAIN_S = 15;

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(20 * 60_000);
  let disk: ExtraDisk;
  let machine: XenMachine;
  const sh = (line: string): Promise<string> => machine.dom0.sh(`export ${EMULATED}\n${line}`).then(text => text.trim());
  const apt = (words: string): Promise<string> => sh(`cd /mnt && DEBIAN_FRONTEND=noninteractive apt ${words} 2>&1`);
  const agent = (): Promise<string> => sh('systemctl is-active xcp-hostd || true');
  const timed = async <T>(what: string, doing: () => Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const result = await doing();
    console.log(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
    return result;
  };

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'xcp-debs-'));
    for (const version of ['1.0~lab1', '1.0~lab2']) buildPackage(version, folder);
    const built = dirname((await buildTinyLinux(tinyLinux)).kernelPath);
    await cp(built, join(folder, 'tiny-linux', basename(built)), { recursive: true });
    disk = await makeExtraDisk(folder, DISK_MIB);
    await rm(folder, { recursive: true });
    const image = await xenImage('fresh');
    machine = await timed('from power on to the end of its start', () =>
      bootXenMachine(image, { name: 'fresh', extraDisk: disk.path, dom0Mib: DOM0_MIB }),
    );
    // Not as it is shipped: see EMULATED.
    await sh(`mount -o ro /dev/vdb /mnt && mkdir -p /etc/systemd/system/xcp-hostd.service.d &&
      printf '[Service]\\nEnvironment=${EMULATED}\\n' >/etc/systemd/system/xcp-hostd.service.d/lab.conf`);
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  /** What of `pattern` the guest's console prints, once `line` was typed into it, if any. */
  const heard = async (pattern: RegExp, line?: string): Promise<string> => {
    const type = line === undefined ? '' : `printf '%s\\n' '${line}';`;
    const said = await sh(`rm -f /tmp/said
      { for i in $(seq ${HEARD_S / TYPED_AGAIN_S}); do ${type} sleep ${TYPED_AGAIN_S}; done; } 2>/dev/null | xcp console vm=demo >/tmp/said 2>&1 & console=$!
      for i in $(seq ${HEARD_S}); do sleep 1; grep -aqE '${pattern.source}' /tmp/said && break; done
      kill -9 $console; cat /tmp/said`);
    const match = pattern.exec(said);
    if (match === null) throw new Error(`the guest did not print ${pattern}: ${said.slice(-500)}`);
    return match[0];
  };
  /** The number of a record that the guest writes about now. */
  const counted = async (): Promise<number> => Number((await heard(/COUNT [0-9]+ /)).split(' ')[1]);
  /** The guest's domain, and the QEMU beside it with when that began. */
  const guest = (): Promise<string> =>
    sh('xl list | awk \'$1 ~ /^demo/ { print $2 }\'; p=$(pgrep -f "[x]en-domid .*demo") && echo $p $(cut -d" " -f22 /proc/$p/stat)');
  const state = (): Promise<string> => sh('xcp vm-list name-label=demo params=power-state --minimal');

  describe('a fresh dom0', () => {
    let born = '';
    let count = 0;
    /** The same domain as ever, and it has gone on writing. */
    const expectUnharmed = async (): Promise<void> => {
      expect(await guest()).toBe(born);
      const before = count;
      count = await counted();
      expect(count).toBeGreaterThan(before);
    };

    test('has nothing of ours; apt installs the package with what it needs, and it is a host', async () => {
      expect(await sh('command -v xcp xe ovs-vsctl || true')).toBe('');
      const said = await timed('apt install', () => apt('install -y --no-install-recommends ./xcp_1.0~lab1_amd64.deb'));
      expect(said).toMatch(/Setting up openvswitch-switch /);
      // The QEMU that Xen's tools brought is the one that counts.
      expect(said).not.toMatch(/Setting up qemu-system-x86 /);
      expect(await agent()).toBe('active');
      expect(await sh('xcp host-list --minimal')).toMatch(/^[0-9a-f-]{36}$/);
      expect(await sh('xcp host-param-get uuid=$(xcp host-list --minimal) param-name=software-version param-key=xen')).toMatch(/^4\.17/);
      expect(await sh('xcp vm-list is-control-domain=true --minimal')).toMatch(/^[0-9a-f-]{36}$/);
    });

    test('a guest is installed, started, and heard on its console', async () => {
      await sh('mkdir -p /var/cache/xcp && cp -r /mnt/tiny-linux /var/cache/xcp/');
      const vm = await sh('xcp vm-install template="Tiny Linux" new-name-label=demo');
      const network = await sh('xcp network-create name-label=inside');
      await sh(`xcp vif-create vm-uuid=${vm} network-uuid=${network} device=0 mac=random`);
      await sh(`xcp vm-param-set uuid=${vm} PV-args="console=hvc0 quiet xcp.counter=xvda xcp.counter.pause=2"`);
      await timed('vm-start', () => sh('xcp vm-start vm=demo'));
      expect(await sh('xl list')).toContain(`demo.${vm}`);
      const answer = (): Promise<string> => heard(/is 42/, 'echo six times seven is $((6*7))');
      expect(await timed('until it answered', answer)).toBe('is 42');
      born = await guest();
      expect(born).toMatch(/^\d+\n\d+ \d+$/);
    });

    test('its card is on the switch: it reaches the control domain over its network', async () => {
      const bridge = await sh('xcp network-param-get uuid=$(xcp network-list name-label=inside --minimal) param-name=bridge');
      await sh(`ip addr add 10.66.0.1/24 dev ${bridge} && ip link set ${bridge} up`);
      expect(await sh(`ovs-vsctl list-ports ${bridge}`)).not.toBe('');
      await heard(/[1-3] packets received/, 'ip addr add 10.66.0.2/24 dev eth0; ping -c 3 -W 2 10.66.0.1');
    });

    test('an agent that was killed is started again: the guest has run on, and obeys', async () => {
      const pid = await sh('systemctl show -p MainPID --value xcp-hostd');
      const back = '[ "$(systemctl show -p NRestarts --value xcp-hostd)" = 1 ] && systemctl -q is-active xcp-hostd';
      await timed('until the agent was back', () => sh(`kill -9 ${pid}; until ${back}; do sleep 0.5; done`));
      expect(await state()).toBe('running');
      await expectUnharmed();
      // Xen's end of the guest's interface is no NIC of the host.
      expect(await sh('xcp pif-list params=device --minimal')).toBe('eth0');
      await sh('xcp vm-pause vm=demo');
      expect(await sh('xl list | grep demo')).toMatch(/ --p--- /);
      await sh('xcp vm-unpause vm=demo && xcp vm-reboot vm=demo');
      expect(await state()).toBe('running');
      const reborn = await guest();
      expect(reborn.split('\n')[0]).not.toBe(born.split('\n')[0]);
      born = reborn;
    });

    test('an upgrade leaves the guest alone', async () => {
      count = await counted();
      await timed('the upgrade', () => apt('install -y --no-install-recommends ./xcp_1.0~lab2_amd64.deb'));
      expect(await sh('dpkg-query -W -f \\${Version} xcp')).toBe('1.0~lab2');
      expect(await agent()).toBe('active');
      expect(await state()).toBe('running');
      await expectUnharmed();
    });

    test('what dom0 gets at its next boot is in what GRUB’s files make', async () => {
      await timed('host-cpu-tune', () => sh('xcp host-cpu-tune set 1 nopin'));
      expect(await sh('grep -c "^\\s*multiboot2.*dom0_max_vcpus=1-1" /boot/grub/grub.cfg')).not.toBe('0');
    });

    test('removed, the agent is gone; the guest and its disk stay, and are found when it is installed again', async () => {
      await timed('the removal', () => apt('remove -y xcp'));
      expect(await agent()).toBe('inactive');
      expect(await sh('command -v xcp || echo gone')).toBe('gone');
      expect(await guest()).toBe(born);
      expect(await sh('ls /var/lib/xcp/sr/*.qcow2')).not.toBe('');
      // By dpkg, which needs not look for what is there.
      await timed('the second installation', () => sh('dpkg -i /mnt/xcp_1.0~lab2_amd64.deb'));
      expect(await agent()).toBe('active');
      expect(await state()).toBe('running');
      await expectUnharmed();
    });

    test('its disk holds each record that it wrote, and is sound', async () => {
      await timed('vm-shutdown', () => sh('xcp vm-shutdown vm=demo'));
      expect(await state()).toBe('halted');
      expect(await sh('xl list')).not.toContain('demo');
      await sh(
        'cd /var/lib/xcp/sr && qemu-img check -q *.qcow2 && qemu-img dd -f qcow2 -O raw if=$(ls *.qcow2) of=/tmp/records bs=1M count=1',
      );
      const numbers = (await sh("grep -ao 'XCP-COUNT [0-9]*' /tmp/records")).split('\n').map(record => Number(record.split(' ')[1]));
      expect(numbers.length).toBeGreaterThanOrEqual(count);
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
    });
  });
}
