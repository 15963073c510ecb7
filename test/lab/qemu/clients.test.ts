// Clients that others wrote: Xen Orchestra's `xen-api` from the registry, and plain XML-RPC as the public XenAPI.py speaks it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Xapi } from 'xen-api';
import { labHost, password, type LabHost } from '../support/hosts.ts';

let lab: LabHost;

beforeAll(async () => {
  lab = await labHost('clients');
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const python = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'xmlrpc_client.py');
    const child = spawn('python3', [script, `https://127.0.0.1:${lab.host.tlsPort}/`, 'root', 'Tiny Linux']);
    let out = '';
    let err = '';
    child.stdout.on('data', data => {
      out += String(data);
    });
    child.stderr.on('data', data => {
      err += String(data);
    });
    child.once('error', reject);
    child.once('close', code => (code === 0 ? resolve(out) : reject(new Error(err))));
    child.stdin.end(`${password}\n`);
  });

test('plain XML-RPC: logs in, reads all records, watches events, starts and stops a VM', async () => {
  const saw = JSON.parse(await python()) as Readonly<Record<string, unknown>>;
  expect(saw).toMatchObject({
    refused: ['SESSION_AUTHENTICATION_FAILED', 'root', expect.any(String)],
    status: 'success',
    halted: 'Halted',
  });
  expect(saw['seen']).toContain('Running');
  expect(saw['counts']).toMatchObject({ host: 1, pool: 1 });
  expect(saw['after']).toMatchObject(['SESSION_INVALID', expect.any(String)]);
});

/** The client's own copy, kept by events alone, says so. */
const seen = async (xapi: Xapi, vm: string, state: string): Promise<void> => {
  const stateOf = (): unknown => Object.values(xapi.objects.all).find(({ $ref }) => $ref === vm)?.['power_state'];
  while (stateOf() !== state) await sleep(10);
};

test("Xen Orchestra's client: logs in, keeps all objects by events, starts and stops a VM", async () => {
  const xapi = createClient({ url: `https://127.0.0.1:${lab.host.tlsPort}`, auth: { user: 'root', password }, allowUnauthorized: true });
  await xapi.connect();
  try {
    await xapi.objectsFetched;
    const all = Object.values(xapi.objects.all);
    const template = all.find(object => object.$type === 'VM' && object['name_label'] === 'Tiny Linux');
    expect(template).toBeDefined();
    const vm = String(await xapi.callAsync('VM.clone', template?.$ref, 'by xen-api'));
    await xapi.callAsync('VM.provision', vm);
    await xapi.callAsync('VM.start', vm, false, false);
    await seen(xapi, vm, 'Running');
    await xapi.callAsync('VM.hard_shutdown', vm);
    await seen(xapi, vm, 'Halted');
    await xapi.callAsync('VM.destroy', vm);
  } finally {
    await xapi.disconnect();
  }
});
