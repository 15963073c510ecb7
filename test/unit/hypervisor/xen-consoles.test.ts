// The console of a guest on Xen: one terminal, as many clients as come, one after the other or at once.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type ConsoleServers, createConsoleServers } from '../../../src/drivers/hypervisor/xen/consoles.ts';
import { type Conversation, type Dom0, localDom0 } from '../../../src/drivers/hypervisor/xen/dom0.ts';
import { XenGuest } from '../../../src/drivers/hypervisor/xen/guest.ts';
import { makeHandle } from '../../../src/drivers/hypervisor/xen/handle.ts';
import { xenPaths } from '../../../src/drivers/hypervisor/xen/paths.ts';
import { createStoreLink } from '../../../src/drivers/hypervisor/xen/store-link.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { FakeXen } from '../../support/fake-xen.ts';

const id = '6f3c2a10-0b51-4d7e-9a43-2f1f0c7d9e01';
let directory: string;
let servers: ConsoleServers;
let guest: XenGuest;
let opened: { readonly tty: string; readonly input: PassThrough; readonly output: PassThrough }[];
let clients: Socket[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'xcp-console-'));
  const xen = new FakeXen();
  xen.store.set('/local/domain/7/console/tty', '/dev/pts/3');
  const paths = xenPaths(directory, id);
  await localDom0.makeDirectory(paths.sockets);
  opened = [];
  clients = [];
  const converse = (_program: string, args: readonly string[]): Promise<Conversation> => {
    const talk = { tty: args.at(-1) ?? '', input: new PassThrough(), output: new PassThrough() };
    // As the programs do: the end of what they hear is theirs, too.
    talk.input.once('end', () => talk.output.destroy());
    opened.push(talk);
    return Promise.resolve({ ...talk, ended: Promise.resolve() });
  };
  const listen: Dom0['listen'] = (path, onConnection) => localDom0.listen(path, onConnection);
  const dom0 = Object.assign(xen, { listen, converse });
  const spec = { vcpusAtStartup: 1, vcpusMax: 1, memoryStaticMaxBytes: 1, memoryTargetBytes: 1, platform: {}, disks: [], nics: [] };
  const handle = makeHandle({ ...spec, id, name: 'guest', boot: { kind: 'kernel', kernelPath: '/kernel', args: '' } });
  guest = new XenGuest(dom0, paths, handle, 7);
  servers = createConsoleServers({ dom0, store: createStoreLink(dom0, silentLogger, () => undefined) }, silentLogger);
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  guest.gone.resolve('destroyed');
  servers.close();
  await rm(directory, { recursive: true, force: true });
});

const attach = async (): Promise<Socket> => {
  await servers.serve(guest);
  const client = connect(guest.paths.serial);
  clients.push(client);
  await once(client, 'connect');
  return client;
};
const until = async (holds: () => boolean): Promise<void> => {
  const limit = AbortSignal.timeout(5_000);
  while (!holds()) {
    limit.throwIfAborted();
    await new Promise(resolve => void setImmediate(resolve));
  }
};
const heard = (client: Socket): (() => string) => {
  let text = '';
  client.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return () => text;
};
const typed = (at: number): string => opened[at]?.input.read()?.toString() ?? '';

test('two clients hear the same, and both can type', async () => {
  const [one, other] = [await attach(), await attach()];
  const [first, second] = [heard(one), heard(other)];
  await until(() => opened.length === 1);
  opened[0]?.output.write('login: ');
  await until(() => first() === 'login: ' && second() === 'login: ');
  expect(opened[0]?.tty).toBe('/dev/pts/3');
  one.write('a');
  await until(() => typed(0) === 'a');
  other.write('b');
  await until(() => typed(0) === 'b');
});

test('the terminal is let go with the last client, and whoever comes then hears all', async () => {
  const one = await attach();
  await until(() => opened.length === 1);
  opened[0]?.input.resume();
  one.destroy();
  await until(() => opened[0]?.output.destroyed === true);
  const next = heard(await attach());
  await until(() => opened.length === 2);
  opened[1]?.output.write('all of it');
  await until(() => next() === 'all of it');
});

test('the domain ends: so do its clients', async () => {
  const client = await attach();
  await until(() => opened.length === 1);
  const closed = once(client, 'close');
  client.resume();
  opened[0]?.output.destroy();
  await closed;
});
