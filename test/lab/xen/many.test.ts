// Many guests at once on one Xen host: by one command of the shipped agent, beside `xl create` in a loop, of the same guests with the same disks.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ToolError } from '../../../src/drivers/tool.ts';
import { amount } from '../support/xen/amount.ts';
import { executableDisk, missingForHosts } from '../support/xen/executable.ts';
import type { ExtraDisk } from '../support/xen/extra-disk.ts';
import { EMULATED, XenHost } from '../support/xen/host.ts';
import { xenImage } from '../support/xen/image.ts';
import { bootXenMachine, type XenMachine } from '../support/xen/machine.ts';

const reason = await missingForHosts();
const GUESTS = amount(20, 5);
const GUEST_MIB = 96;
/** Each guest has a QEMU in the control domain. */
const DOM0_MIB = 2560;
/** Else nothing is at once. */
const CPUS = 2;
/** What Xen needs of its own for each domain, and for itself. */
const MORE_MIB = 16;
const XEN_MIB = 512;

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(30 * 60_000);
  let disk: ExtraDisk;
  let machine: XenMachine;
  let host: XenHost;

  beforeAll(async () => {
    disk = await executableDisk();
    const memoryMib = DOM0_MIB + GUESTS * (GUEST_MIB + MORE_MIB) + XEN_MIB;
    machine = await bootXenMachine(await xenImage(), {
      name: 'many',
      extraDisk: disk.path,
      dom0Mib: DOM0_MIB,
      memoryMib,
      cpus: CPUS,
    });
    host = new XenHost(machine.dom0, '127.0.0.1');
    await host.begin();
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  const seconds = async (doing: () => Promise<unknown>): Promise<string> => {
    const startedMs = performance.now();
    await doing();
    return ((performance.now() - startedMs) / 1000).toFixed(1);
  };
  /** By what Xen says: domains that are neither the control domain, nor paused, shut down or dying. */
  const running = async (): Promise<number> => Number(await host.sh("xl list | awk '$2 > 0 && $5 ~ /^[r-][b-]----$/' | wc -l"));
  /** What it printed says which of them failed, and why. */
  const onHost = (line: string): Promise<string> =>
    seconds(() =>
      host.sh(`${EMULATED} /xcp/xcp ${line} 2>&1`).catch((error: unknown) => {
        if (!(error instanceof ToolError)) throw error;
        throw new Error(`xcp ${line}: ${error.stdout}`, { cause: error });
      }),
    );

  test(`${GUESTS} guests start at once, and end at once`, async () => {
    const first = await host.install('many-0', { memoryMib: GUEST_MIB });
    for (let i = 1; i < GUESTS; i++) await host.xcp('vm-clone', `uuid=${first}`, `new-name-label=many-${i}`);
    const started = await onHost(`vm-start --multiple --parallel ${GUESTS} power-state=halted`);
    expect(await running()).toBe(GUESTS);
    expect((await host.xcp('vm-list', 'power-state=running', 'is-control-domain=false', '--minimal')).split(',')).toHaveLength(GUESTS);
    // What xl was given, to give it again.
    await host.sh(
      'mkdir -p /root/many && for id in $(ls /var/lib/xcp/guests); do cp /var/lib/xcp/guests/$id/xl.cfg /root/many/$id.cfg; done',
    );
    const ended = await onHost(`vm-shutdown --multiple --parallel ${GUESTS} --force power-state=running is-control-domain=false`);
    expect(await running()).toBe(0);

    await host.sh("grep -ho 'unix:[^,\"]*' /root/many/*.cfg | cut -d: -f2 | xargs -n1 dirname | sort -u | xargs mkdir -p");
    const byHand = await seconds(() => host.sh('for config in /root/many/*.cfg; do xl create -q $config || exit; done'));
    expect(await running()).toBe(GUESTS);
    const endedByHand = await seconds(() =>
      host.sh("for domid in $(xl list | awk 'NR > 1 && $2 > 0 { print $2 }'); do xl destroy $domid; done"),
    );
    console.log(
      `${GUESTS} guests: started in ${started} s and ended in ${ended} s by one command each; xl create in a loop ${byHand} s, xl destroy ${endedByHand} s`,
    );
  });
}
