// The life of a VM from its installation to its end, by the command line against one host, told once and run on each kind of hypervisor: the simulator
// always, QEMU and Xen in their labs.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ran, runXcp } from '../../tools/hosts/host.ts';

export interface LifeWorld extends AsyncDisposable {
  /** What `--server` takes. */
  readonly server: string;
  /** A halted VM with one disk, whose guest listens when it is asked. */
  install(name: string): Promise<string>;
}

export const lifeOfAVm = (name: string, open: () => Promise<LifeWorld>): void => {
  describe(`the life of a VM on ${name}`, () => {
    let world: LifeWorld;
    let uuid = '';
    const run = (...words: readonly string[]): Promise<Ran> => runXcp(words, { server: world.server });
    const xcp = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(...words);
      expect([words, stderr, code]).toEqual([words, '', 0]);
      return stdout.trim();
    };
    const field = (of: string, id: string, param: string): Promise<string> => xcp(`${of}-param-get`, `uuid=${id}`, `param-name=${param}`);
    const state = (): Promise<string> => field('vm', uuid, 'power-state');
    const isUnharmed = async (): Promise<void> => {
      expect(await state()).toBe('running');
      expect(await field('vm', uuid, 'current-operations')).toBe('');
    };

    beforeAll(async () => {
      world = await open();
    });
    afterAll(async () => world[Symbol.asyncDispose]());

    test('installed it is halted; started it runs', async () => {
      uuid = await world.install('life');
      expect(await state()).toBe('halted');
      await xcp('vm-start', `uuid=${uuid}`);
      expect(await xcp('vm-list', 'power-state=running', 'is-control-domain=false', '--minimal')).toBe(uuid);
      expect(Number(await field('vm', uuid, 'dom-id'))).toBeGreaterThan(0);
    });

    test.each(['vm-start', 'vm-unpause', 'vm-resume'])('running it refuses %s in words', async command => {
      const { code, stdout, stderr } = await run(command, `uuid=${uuid}`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/power state/);
      await isUnharmed();
    });

    test('it is paused, and goes on', async () => {
      await xcp('vm-pause', `uuid=${uuid}`);
      expect(await state()).toBe('paused');
      await xcp('vm-unpause', `uuid=${uuid}`);
      await isUnharmed();
    });

    test('a disk is plugged while it runs, unplugged and destroyed', async () => {
      const own = await xcp('vbd-list', `vm-uuid=${uuid}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
      const sr = await field('vdi', own, 'sr-uuid');
      const vdi = await xcp('vdi-create', `sr-uuid=${sr}`, 'name-label=more', 'virtual-size=16MiB', 'type=user');
      const vbd = await xcp('vbd-create', `vm-uuid=${uuid}`, `vdi-uuid=${vdi}`, 'device=5', 'type=Disk', 'mode=RW');
      await xcp('vbd-plug', `uuid=${vbd}`);
      expect(await field('vbd', vbd, 'currently-attached')).toBe('true');
      expect((await run('vdi-destroy', `uuid=${vdi}`)).code).toBe(1);
      await xcp('vbd-unplug', `uuid=${vbd}`);
      expect(await field('vbd', vbd, 'currently-attached')).toBe('false');
      await xcp('vbd-destroy', `uuid=${vbd}`);
      await xcp('vdi-destroy', `uuid=${vdi}`);
      await isUnharmed();
    });

    test('a snapshot is taken while it runs, and goes', async () => {
      const snapshot = await xcp('vm-snapshot', `uuid=${uuid}`, 'new-name-label=then');
      expect(await xcp('snapshot-list', 'name-label=then', '--minimal')).toBe(snapshot);
      await isUnharmed();
      await xcp('snapshot-uninstall', `uuid=${snapshot}`, '--force');
      expect(await xcp('snapshot-list', '--minimal')).toBe('');
      await isUnharmed();
    });

    test('it is suspended, and goes on', async () => {
      await xcp('vm-suspend', `uuid=${uuid}`);
      expect(await state()).toBe('suspended');
      await xcp('vm-resume', `uuid=${uuid}`);
      await isUnharmed();
    });

    test('a checkpoint holds its memory: it goes on from there after its power was cut', async () => {
      const checkpoint = await xcp('vm-checkpoint', `uuid=${uuid}`, 'new-name-label=all of it');
      await isUnharmed();
      await xcp('vm-shutdown', `uuid=${uuid}`, '--force');
      expect(await state()).toBe('halted');
      await xcp('snapshot-revert', `snapshot-uuid=${checkpoint}`);
      expect(await state()).toBe('suspended');
      await xcp('vm-resume', `uuid=${uuid}`);
      await isUnharmed();
      await xcp('snapshot-uninstall', `uuid=${checkpoint}`, '--force');
    });

    test('asked to, it reboots and shuts down by itself', async () => {
      await xcp('vm-reboot', `uuid=${uuid}`);
      await isUnharmed();
      await xcp('vm-shutdown', `uuid=${uuid}`);
      expect(await state()).toBe('halted');
      expect(await field('vm', uuid, 'dom-id')).toBe('-1');
    });

    test('uninstalled, nothing is left of it', async () => {
      await xcp('vm-uninstall', `uuid=${uuid}`, '--force');
      expect(await xcp('vm-list', 'is-control-domain=false', '--minimal')).toBe('');
      expect(await xcp('vdi-list', 'type=User', '--minimal')).toBe('');
      expect(await xcp('task-list', 'status=pending', '--minimal')).toBe('');
    });
  });
};
