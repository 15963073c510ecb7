// `xcp console` in a pipe: what comes in goes to the guest as it comes, what the guest says goes out, and the guest's end ends it.

import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { startTestHost } from '../hostd/fixture.ts';

const program = process.env['XCP_PROGRAM'] ?? resolve(import.meta.dirname, '../../../bin/xcp');

test('a line is heard while the pipe stays open', async () => {
  await using host = await startTestHost({
    hypervisor: { consoles: async () => [{ protocol: 'vt100', socketPath: guestPath }] },
  });
  const guestPath = join(host.folder, 'serial');
  const heard = Promise.withResolvers<Socket>();
  let words = '';
  const guest = createServer(socket => {
    socket.on('data', chunk => {
      words += chunk.toString();
      socket.write(`you said ${chunk.toString()}`);
      if (words.endsWith('\n')) heard.resolve(socket);
    });
  });
  await new Promise<void>(listening => guest.listen(guestPath, listening));
  const { db } = host.services;
  const vm = await db.transaction(tx => tx.insert('VM', { name_label: 'demo' }));
  const ref = await db.transaction(tx => tx.insert('console', { VM: vm, protocol: 'vt100' }));
  await db.transaction(tx => {
    tx.update('console', ref, { location: 'https://127.0.0.1/console' });
    tx.update('VM', vm, { consoles: [ref], power_state: 'Running' });
  });

  const child = spawn(program, ['console', `uuid=${db.need('VM', vm).uuid}`], {
    env: { ...process.env, XCP_SERVER: `unix:${host.socketPath}` },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', chunk => {
    said += String(chunk);
  });
  child.stdin.write('hello\n');
  const guestSide = await heard.promise;
  guestSide.end();
  await new Promise(ended => child.once('close', ended));
  expect(child.exitCode).toBe(0);
  expect(words).toBe('hello\n');
  expect(said).toContain('you said hello\n');
  await new Promise(closed => guest.close(closed));
});
