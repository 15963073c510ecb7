// CONNECT /console?ref=… (or uuid=…): joins a client's connection with the socket of a guest's console. The bytes are not looked at.
//
// The request is authenticated by `session_id` in the query or the cookie, or by the unix socket itself; the role is vm-operator, and
// pool-admin for a console of the host.

import type { IncomingMessage } from 'node:http';
import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Ref } from '../lib/brand.ts';
import type { Logger } from '../lib/logger.ts';
import { XenError } from '../model/error.ts';
import type { RecordOf } from '../model/index.ts';
import type { Services } from '../ops/context.ts';
import type { Caller } from './dispatch/answer.ts';
import { authenticate, Refused, statusOf } from './http/access.ts';
import { checkRole } from './rbac.ts';
import type { SessionTable } from './sessions.ts';

export type ConsoleServer = (request: IncomingMessage, socket: Duplex, caller: Caller) => void;

const MAX_CONSOLES = 500;

export const createConsoleServer = (options: {
  readonly services: Services;
  readonly sessions: SessionTable;
  readonly log: Logger;
}): ConsoleServer => {
  const { services, sessions, log } = options;
  let open = 0;

  const serve = async (request: IncomingMessage, socket: Duplex, caller: Caller): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== '/console') throw new Refused('404 Not Found');
    if (open >= MAX_CONSOLES) throw new Refused('503 Service Unavailable');
    const session = authenticate(request, url, caller, sessions);
    const { console, vm } = findConsole(services, url);
    if (session !== undefined) checkRole(session, vm.is_control_domain ? 'pool-admin' : 'vm-operator', 'http/connect_console');
    const guest = await openGuestConsole(services, console.protocol, vm.uuid);
    open += 1;
    join(socket, guest, () => {
      open -= 1;
    });
    socket.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncache-control: no-cache, no-store\r\n\r\n');
    log.info('console opened', { vm: vm.uuid, protocol: console.protocol, user: session?.userName ?? 'root' });
  };

  return (request, socket, caller) => {
    socket.on('error', error => log.debug('a console connection broke', { error }));
    serve(request, socket, caller).catch((error: unknown) => {
      if (!(error instanceof Refused) && !(error instanceof XenError)) log.error('a console could not be opened', { error });
      socket.end(`HTTP/1.1 ${statusOf(error)}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    });
  };
};

const findConsole = ({ db }: Services, url: URL): { readonly console: RecordOf<'console'>; readonly vm: RecordOf<'VM'> } => {
  const uuid = url.searchParams.get('uuid') ?? '';
  const ref = url.searchParams.get('ref') ?? db.byUuid('console', uuid);
  const console = ref === undefined ? undefined : db.get('console', ref as Ref<'console'>);
  const vm = console === undefined ? undefined : db.get('VM', console.VM);
  if (console === undefined || vm === undefined) throw new Refused('404 Not Found');
  return { console, vm };
};

const openGuestConsole = async ({ hypervisor }: Services, protocol: string, vmUuid: string): Promise<Socket> => {
  const consoles = await hypervisor.consoles(vmUuid);
  const target = consoles.find(each => each.protocol === protocol);
  if (target === undefined) throw new Refused('404 Not Found');
  const guest = connectSocket(target.socketPath);
  await new Promise<void>((resolve, reject) => {
    guest.once('connect', resolve);
    guest.once('error', reject);
  });
  return guest;
};

/** Either end that closes closes the other. */
const join = (client: Duplex, guest: Socket, onEnd: () => void): void => {
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    client.destroy();
    guest.destroy();
    onEnd();
  };
  client.on('close', end);
  guest.on('close', end);
  guest.on('error', end);
  client.pipe(guest);
  guest.pipe(client);
};
