// A guest's consoles as unix sockets. QEMU serves the screen, and the serial line of a whole machine. The console of the others is a terminal of
// xenconsoled's, which has one reader only: it is opened when the first client comes, and what it says goes to all who are there.
//
// Two small programs stand between: a read of a terminal cannot be taken back in this process, and would swallow what the next client is to see.

import type { Duplex } from 'node:stream';
import type { Logger } from '../../../lib/logger.ts';
import { DriverError, type GuestConsole } from '../../hypervisor.ts';
import type { Conversation, Listening } from './dom0.ts';
import type { XenGuest } from './guest.ts';
import type { XenRegistry } from './registry.ts';

type Host = Pick<XenRegistry, 'dom0' | 'store'>;

/** One listening socket a guest, made when its console is first asked for. */
export interface ConsoleServers {
  serve(guest: XenGuest): Promise<void>;
  close(): void;
}

const TTY = /^\/dev\/pts\/\d{1,6}$/;
/** A client that does not listen is let go. */
const MOST_UNHEARD_BYTES = 1 << 20;

/** Ends with its input, and its output ends with the terminal. */
const TALK = 'cat <"$1" & reader=$!; exec >"$1"; cat; kill "$reader"';

/** Where xenconsoled put the console of the domain as it is now. */
const terminalOf = async (registry: Host, guest: XenGuest): Promise<string> => {
  const path = await (await registry.store.open()).readText(`/local/domain/${guest.domid}/console/tty`);
  if (path === undefined || !TTY.test(path)) throw new DriverError('failed', 'the guest’s console has no terminal yet; try again');
  return path;
};

/** The terminal of one guest, open while somebody looks at it. */
class Terminal {
  readonly #open: () => Promise<Conversation>;
  readonly #clients = new Set<Duplex>();
  #talk: Promise<Conversation> | undefined;

  constructor(open: () => Promise<Conversation>) {
    this.#open = open;
  }

  async join(client: Duplex): Promise<void> {
    this.#clients.add(client);
    client.once('error', () => client.destroy()).once('close', () => this.#leave(client));
    const { input } = await (this.#talk ?? this.#begin());
    client.on('data', (piece: Uint8Array) => {
      if (input.write(piece)) return;
      client.pause();
      input.once('drain', () => client.resume());
    });
  }

  #begin(): Promise<Conversation> {
    const talk = this.#open();
    this.#talk = talk;
    // What ends it when the next one has begun already is not for this one's listeners to say.
    const over = (): void => {
      if (this.#talk === talk) this.end();
    };
    talk.then(({ output }) => {
      output.on('data', (piece: Uint8Array) => this.#tell(piece));
      output.once('close', over);
    }, over);
    return talk;
  }

  #tell(piece: Uint8Array): void {
    for (const client of this.#clients) {
      if (client.writableLength > MOST_UNHEARD_BYTES) client.destroy();
      else client.write(piece);
    }
  }

  #leave(client: Duplex): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.end();
  }

  end(): void {
    const talk = this.#talk;
    this.#talk = undefined;
    void talk?.then(
      ({ input }) => input.end(),
      () => undefined, // who joined was told
    );
    for (const client of this.#clients) client.destroy();
  }
}

export const createConsoleServers = (registry: Host, log: Logger): ConsoleServers => {
  const { dom0 } = registry;
  const servers = new Map<string, Promise<Listening>>();
  const begin = (guest: XenGuest): Promise<Listening> => {
    const terminal = new Terminal(async () => dom0.converse('sh', ['-c', TALK, 'xcp-console', await terminalOf(registry, guest)]));
    const join = (client: Duplex): void => {
      terminal.join(client).catch((error: unknown) => {
        log.warn('a console could not be opened', { guest: guest.id, error });
        client.destroy();
      });
    };
    void guest.gone.promise.then(async () => {
      terminal.end();
      const listening = servers.get(guest.id);
      servers.delete(guest.id);
      await (await listening?.catch(() => undefined))?.close();
    });
    return dom0.listen(guest.paths.serial, join);
  };
  return {
    async serve(guest) {
      const known = servers.get(guest.id);
      if (known !== undefined) return void (await known);
      const beginning = begin(guest);
      servers.set(guest.id, beginning);
      beginning.catch(() => servers.delete(guest.id));
      await beginning;
    },
    close() {
      for (const beginning of servers.values())
        void beginning.then(
          listening => listening.close(),
          () => undefined,
        );
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
