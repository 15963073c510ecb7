// The conduit between xl and the agent, by a real shell and an xl that does with it what Xen's does: it reads the banner, writes its stream, and waits
// for a word that never comes; where the conduit ends instead, it lets the guest go on.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec } from '../../../src/drivers/hypervisor.ts';
import { localDom0 } from '../../../src/drivers/hypervisor/xen/dom0.ts';
import { XenGuest } from '../../../src/drivers/hypervisor/xen/guest.ts';
import { makeHandle } from '../../../src/drivers/hypervisor/xen/handle.ts';
import { giveVerdict, hold, openConduit, untilXlEnded } from '../../../src/drivers/hypervisor/xen/migration/conduit.ts';
import { consume } from '../../../src/drivers/hypervisor/xen/migration/pipes.ts';
import { standIn } from '../../support/stand-in.ts';
import { xenPaths } from '../../../src/drivers/hypervisor/xen/paths.ts';

const ENOUGH_MS = 20_000;
const STREAM_BYTES = 300_000;
const xl = (folder: string) => `#!/bin/bash
[ "$1 $2 $3" = "migrate -s " ] || exit 9
coproc C { exec sh -c "$5"; }
read -r banner <&"\${C[0]}"
trap '' PIPE
if [ "$banner" = "xl migration receiver ready, send binary domain data." ] && head -c ${STREAM_BYTES} /dev/zero >&"\${C[1]}" && read -r word <&"\${C[0]}"; then
  echo "$word" >${folder}/outcome
else
  echo "goes on" >${folder}/outcome
fi
exit 1
`;
const spec: GuestSpec = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'guest',
  vcpusAtStartup: 1,
  vcpusMax: 1,
  memoryStaticMaxBytes: 1 << 27,
  memoryTargetBytes: 1 << 27,
  boot: { kind: 'kernel', kernelPath: '/kernel', args: '' },
  platform: {},
  disks: [],
  nics: [],
};

const folder = standIn('xl', xl);
let guest: XenGuest;

beforeEach(async () => {
  const paths = xenPaths(join(folder(), 'state'), spec.id);
  guest = new XenGuest(localDom0, paths, makeHandle(spec), 7);
  await localDom0.makeDirectory(paths.directory);
});
afterEach(async () => {
  await rm(join(folder(), 'outcome'), { force: true });
  await rm(join(folder(), 'state'), { recursive: true, force: true });
});

const outcome = (): Promise<string> => readFile(join(folder(), 'outcome'), 'utf8').catch(() => 'none');
const ended = (): Promise<void> => untilXlEnded(localDom0, guest, ENOUGH_MS);
/** Reads the whole stream. */
const open = async () => {
  const conversation = await openConduit(localDom0, guest);
  let bytes = 0;
  await consume(conversation.output, piece => {
    bytes += piece.length;
    return Promise.resolve(bytes < STREAM_BYTES ? 'more' : 'enough');
  });
  expect(bytes).toBe(STREAM_BYTES);
  return conversation;
};
const soon = (): AbortSignal => AbortSignal.timeout(ENOUGH_MS);

test('the agent ends before it said hold: the guest goes on', async () => {
  const { input, output } = await open();
  input.destroy();
  output.destroy();
  await ended();
  expect(await outcome()).toBe('goes on\n');
});

test('the agent ends in the middle of the stream: the guest goes on', async () => {
  const { input, output } = await openConduit(localDom0, guest);
  await consume(output, () => Promise.resolve('enough'));
  input.destroy();
  output.destroy();
  await ended();
  expect(await outcome()).toBe('goes on\n');
});

test('held, the agent ends: nothing happens until the next one gives its verdict', async () => {
  const conversation = await open();
  await hold(conversation, soon());
  conversation.input.destroy();
  conversation.output.destroy();
  await expect(untilXlEnded(localDom0, guest, 700)).rejects.toMatchObject({ kind: 'timeout' });
  expect(await outcome()).toBe('none');
  expect(await giveVerdict(localDom0, guest, 'resume')).toBe(true);
  await ended();
  expect(await outcome()).toBe('goes on\n');
});

test('held and gone: xl ends without a word to the guest', async () => {
  const conversation = await open();
  await hold(conversation, soon());
  expect(await giveVerdict(localDom0, guest, 'gone')).toBe(true);
  await ended();
  expect(await outcome()).toBe('none');
});

test('a second sending waits for nobody: it is refused while the first lasts', async () => {
  const first = await open();
  await hold(first, soon());
  const second = await localDom0.converse('sh', ['-c', 'exec 9>"$1" && flock -n 9', 'sh', `${guest.paths.directory}/sending`]);
  await expect(second.ended).rejects.toMatchObject({ exitCode: 1 });
  await giveVerdict(localDom0, guest, 'gone');
  await ended();
});

test('a verdict for nobody is told as such', async () => {
  expect(await giveVerdict(localDom0, guest, 'resume')).toBe(false);
});
