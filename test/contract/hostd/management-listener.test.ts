// A listener that follows the management: it opens on the addresses that the management gets and closes on those that it loses, without
// cutting off who is being answered.

import { createServer, type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpTransport } from '../../../src/client/transport.ts';
import type { HostAddressStatus, NetworkDriver, NetworkEvent } from '../../../src/drivers/network.ts';
import type { Services } from '../../../src/ops/context.ts';
import { until } from '../../lab/support/rack/wait.ts';
import { startTestHost, type TestHost } from './fixture.ts';

const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host[Symbol.asyncDispose]();
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.9');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** What the kernel would have: told by hand. */
class Addresses {
  status: readonly HostAddressStatus[] = [];
  readonly #listeners = new Set<(event: NetworkEvent) => void>();
  readonly driver: Partial<NetworkDriver> = {
    addresses: async () => this.status,
    onEvent: listener => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };
  set(...addresses: readonly string[]): void {
    this.status = [{ bridge: 'xenbr0', ipv4: addresses.map(address => ({ address, prefixLength: 8 })), ipv6: [], dns: [] }];
    for (const listener of this.#listeners) listener({ kind: 'addresses' });
  }
}

const records =
  (IP: string) =>
  async ({ db, self }: Services): Promise<void> => {
    await db.transaction(tx => {
      self.host = tx.insert('host', { name_label: 'one', hostname: 'one', enabled: true, address: IP });
      self.pool = tx.insert('pool', { name_label: 'Test pool', master: self.host });
      const network = tx.insert('network', { name_label: 'net', bridge: 'xenbr0' });
      const metrics = tx.insert('PIF_metrics', {});
      tx.insert('PIF', { device: 'eth0', network, host: self.host, metrics, management: true, IP, netmask: '255.0.0.0', physical: true });
    });
  };

const start = async (IP: string, addresses = new Addresses()) => {
  const port = await freePort();
  const listen = [{ kind: 'tcp', host: undefined, port, follows: 'management' }] as const;
  const host = await startTestHost({ listen, network: addresses.driver, records: records(IP) });
  hosts.push(host);
  return { host, port, addresses };
};

const answers = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port });
  const first = Promise.withResolvers<boolean>();
  socket.once('connect', () => first.resolve(true));
  socket.once('error', () => first.resolve(false));
  const is = await first.promise;
  socket.destroy();
  return is;
};
const onlyOn = (port: number, ...wanted: readonly string[]) =>
  until(`answers on ${wanted.join()} alone`, async () => {
    const all = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'];
    const open = await Promise.all(all.map(async address => ((await answers(address, port)) ? address : '')));
    const seen = open.filter(Boolean).join();
    return { done: seen === wanted.join(), seen };
  });

describe('where the records say the address', () => {
  const readdress = ({ services: { db } }: TestHost, IP: string) =>
    db.transaction(tx => {
      for (const [ref] of tx.all('PIF')) tx.update('PIF', ref, { IP });
    });

  test('it is there, moves with the record, and goes with the management', async () => {
    const { host, port } = await start('127.0.0.2');
    await onlyOn(port, '127.0.0.2');
    await readdress(host, '127.0.0.3');
    await onlyOn(port, '127.0.0.3');
    expect(await host.call('host.get_all')).toHaveLength(1);
    await host.services.db.transaction(tx => {
      for (const [ref] of tx.all('PIF')) tx.update('PIF', ref, { management: false });
    });
    await onlyOn(port);
  });

  test('a host without an address yet starts, and is there when it has one', async () => {
    const { host, port } = await start('');
    await onlyOn(port);
    await readdress(host, '127.0.0.2');
    await onlyOn(port, '127.0.0.2');
  });

  test('one that the kernel does not have yet is tried again', async () => {
    // Of nobody: documentation addresses.
    const { host, port } = await start('192.0.2.77');
    await onlyOn(port);
    await readdress(host, '127.0.0.4');
    await onlyOn(port, '127.0.0.4');
  });
});

test('where the kernel says them: both while one is leaving, then the new one alone', async () => {
  const addresses = new Addresses();
  addresses.set('127.0.0.2');
  const { port } = await start('127.0.0.99', addresses);
  await onlyOn(port, '127.0.0.2');
  addresses.set('127.0.0.2', '127.0.0.3');
  await onlyOn(port, '127.0.0.2', '127.0.0.3');
  addresses.set('127.0.0.3');
  await onlyOn(port, '127.0.0.3');
  for (let round = 0; round < 20; round += 1) addresses.set(`127.0.0.${2 + (round % 3)}`);
  addresses.set('127.0.0.4');
  await onlyOn(port, '127.0.0.4');
});

test('a call under way on the address that goes is answered', async () => {
  const addresses = new Addresses();
  addresses.set('127.0.0.2');
  const { host, port } = await start('127.0.0.2', addresses);
  const transport = new HttpTransport({ kind: 'tcp', host: '127.0.0.2', port });
  // First one that is answered, so that the connection stands.
  const { token } = (await transport.request({ method: 'event.from', params: [host.session, ['pool'], '', 0.1] })) as {
    readonly token: string;
  };
  const waiting = transport.request({ method: 'event.from', params: [host.session, ['pool'], token, 2] });
  await sleep(200);
  addresses.set('127.0.0.3');
  await onlyOn(port, '127.0.0.3');
  expect(await waiting).toHaveProperty('token');
  transport.close();
});

test('a port that is somebody else’s ends the start, and says so', async () => {
  const taken = createServer().listen(0, '127.0.0.2');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const listen = [{ kind: 'tcp', host: undefined, port, follows: 'management' }] as const;
  const starting = startTestHost({ listen, network: new Addresses().driver, records: records('127.0.0.2') });
  await expect(starting).rejects.toThrow(/cannot listen on tcp:127\.0\.0\.2:\d+: .*EADDRINUSE/);
  taken.close();
});

test('peers are told the address of the management as it is', async () => {
  const port = await freePort();
  const listen = [{ kind: 'tls', host: undefined, port, follows: 'management' }] as const;
  const host = await startTestHost({ listen, network: new Addresses().driver, records: records('127.0.0.2') });
  hosts.push(host);
  const { settings, db, self } = host.services;
  expect([settings.url, settings.migrationAddress]).toEqual([`https://127.0.0.2:${port}`, '127.0.0.2']);
  await db.transaction(tx => tx.update('host', self.host, { address: 'fd00::2' }));
  expect([settings.url, settings.migrationAddress]).toEqual([`https://[fd00::2]:${port}`, 'fd00::2']);
});
