// CONNECT /console joins a client with the socket of a guest's console.

import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startTestHost } from './fixture.ts';

const dial = (
  socketPath: string,
  target: string,
): Promise<{ readonly head: string; ask(text: string, answer: string): Promise<string>; end(): void }> =>
  new Promise(resolve => {
    const socket = connect(socketPath);
    let text = '';
    let look: (() => void) | undefined;
    socket.on('data', chunk => {
      text += chunk.toString();
      look?.();
    });
    socket.on('error', () => undefined);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const until = (wanted: string): Promise<string> =>
      new Promise(found => {
        look = () => text.includes(wanted) && found(text);
        look();
      });
    void until('\r\n\r\n').then(head => {
      resolve({
        head,
        ask: (words, answer) => {
          socket.write(words);
          return until(answer);
        },
        end: () => socket.destroy(),
      });
    });
  });

test('a console of a running guest', async () => {
  const ends: string[] = [];
  await using host = await startTestHost({
    hypervisor: { consoles: async id => (id === vmUuid ? [{ protocol: 'vt100', socketPath: guestPath }] : []) },
  });
  const guestPath = join(host.folder, 'serial');
  const guest = createServer(socket => {
    socket.on('data', chunk => socket.write(`you said ${chunk.toString()}`));
    socket.on('close', () => ends.push('closed'));
  });
  await new Promise<void>(resolve => guest.listen(guestPath, resolve));
  const { db } = host.services;
  const vm = await db.transaction(tx => tx.insert('VM', { name_label: 'guest' }));
  const vmUuid = db.need('VM', vm).uuid;
  const ref = await db.transaction(tx => tx.insert('console', { VM: vm, protocol: 'vt100' }));
  const rfb = await db.transaction(tx => tx.insert('console', { VM: vm, protocol: 'rfb' }));

  const byRef = await dial(host.socketPath, `/console?ref=${ref}&session_id=${host.session}`);
  expect(byRef.head).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(await byRef.ask('hello', 'you said hello')).toContain('you said hello');
  const byUuid = await dial(host.socketPath, `/console?uuid=${db.need('console', ref).uuid}`);
  expect(byUuid.head).toMatch(/^HTTP\/1\.1 200 OK/);
  byUuid.end();
  const statuses = await Promise.all(
    [`/console?ref=${rfb}`, '/console?ref=OpaqueRef:x', '/console', '/other'].map(
      async target => (await dial(host.socketPath, target)).head,
    ),
  );
  for (const head of statuses) expect(head).toMatch(/^HTTP\/1\.1 404/);
  // The stop of the host does not wait for consoles.
  await host.stop();
  while (ends.length < 2) await nextTurn();
  await new Promise(resolve => guest.close(resolve));
});
