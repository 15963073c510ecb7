// A guest's consoles as unix sockets. QEMU serves the screen, and the serial line of a whole machine. The console of the others is a terminal of
// xenconsoled's: it is opened for each client that comes, and what it says goes to all of them.

import { createServer, type Server, type Socket } from 'node:net';
import { open } from 'node:fs/promises';
import { rm } from 'node:fs/promises';
import { ReadStream } from 'node:tty';
import type { Logger } from '../../../lib/logger.ts';
import { DriverError, type GuestConsole } from '../../hypervisor.ts';
import type { XenGuest } from './guest.ts';
import type { XenRegistry } from './registry.ts';

/** One listening socket a guest, made when its console is first asked for. */
export interface ConsoleServers {
  serve(guest: XenGuest): Promise<void>;
  close(): void;
}

const TTY = /^\/dev\/pts\/\d{1,6}$/;

/** Where xenconsoled put the console of the domain as it is now. */
const terminalOf = async (registry: XenRegistry, guest: XenGuest): Promise<string> => {
  const path = await (await registry.store.open()).readText(`/local/domain/${guest.domid}/console/tty`);
  if (path === undefined || !TTY.test(path)) throw new DriverError('failed', 'the guest’s console has no terminal yet; try again');
  return path;
};

const join = async (registry: XenRegistry, guest: XenGuest, client: Socket): Promise<void> => {
  const file = await open(await terminalOf(registry, guest), 'r+');
  const terminal = new ReadStream(file.fd);
  terminal.on('data', (piece: Uint8Array) => void client.write(piece));
  client.on('data', piece => void file.write(piece).catch(() => client.destroy()));
  const end = (): void => {
    terminal.destroy();
    client.destroy();
  };
  terminal.once('error', end).once('end', end);
  client.once('error', end).once('close', end);
};

export const createConsoleServers = (registry: XenRegistry, log: Logger): ConsoleServers => {
  const servers = new Map<string, Server>();
  const begin = async (guest: XenGuest): Promise<void> => {
    await rm(guest.paths.serial, { force: true });
    const server = createServer(client => {
      join(registry, guest, client).catch((error: unknown) => {
        log.warn('a console could not be opened', { guest: guest.id, error });
        client.destroy();
      });
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen(guest.paths.serial, resolve);
    await promise;
    servers.set(guest.id, server);
    void guest.gone.promise.then(() => {
      servers.delete(guest.id);
      server.close();
    });
  };
  return {
    async serve(guest) {
      if (!servers.has(guest.id)) await begin(guest);
    },
    close() {
      for (const server of servers.values()) server.close();
      servers.clear();
    },
  };
};

export const consolesOf = async (servers: ConsoleServers, guest: XenGuest): Promise<readonly GuestConsole[]> => {
  if (guest.kind !== 'hvm') await servers.serve(guest);
  return [
    { protocol: 'rfb', socketPath: guest.paths.vnc },
    { protocol: 'vt100', socketPath: guest.paths.serial },
  ];
};
