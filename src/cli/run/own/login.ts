// `login` and `logout`: a session that outlives the command. The commands that follow need no password, until `logout`.

import { addressText, type ServerAddress } from '../../../client/address.ts';
import { login as logIn, Session } from '../../../client/session.ts';
import { HttpTransport } from '../../../client/transport.ts';
import { credentialsOf, serverAddress, transportTo } from '../../connection.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError, UsageError } from '../../exit.ts';
import { forgetSession, keepSession, keptSessions, recallSession } from '../../kept-session.ts';

export const login: Handler = async context => {
  const { connection, io, out } = context;
  const server = remoteServer(context);
  const { userName, password: known } = await credentialsOf(connection);
  const password = known === '' ? await io.readSecret(`Password of ${userName} on ${addressText(server)}: `) : known;
  if (password === undefined) throw new UsageError('No password: give it by -pwf FILE where there is no terminal to ask');
  const transport = await transportTo(server, connection, io);
  try {
    const session = await logIn(transport, { userName, password });
    const reached = session.transport instanceof HttpTransport ? session.transport.address : server;
    await leaveOld(context, server);
    const address = reached.kind === 'unix' ? server : reached;
    const path = await keepSession(io.env, server, { address, userName, session: session.ref });
    session.transport.close();
    out.note(`Logged in to ${addressText(server)} as ${userName}. The session is kept in ${path} until xcp logout.`);
  } finally {
    transport.close();
  }
};

const remoteServer = ({ connection, io }: Context): ServerAddress => {
  const server = serverAddress(connection, io.env);
  if (server.kind === 'unix') throw new CommandError('The local server asks for no password: name another one with -s or XCP_SERVER');
  return server;
};

export const logout: Handler = async context => {
  const { args, io, out } = context;
  if (args.has('all')) {
    const kept = await keptSessions(io.env);
    for (const each of kept) await end(context, each.address, each.session);
    // Kept under the name of the server that was asked for, which may not be the one that answered.
    const { rm } = await import('node:fs/promises');
    const { sessionFolder } = await import('../../kept-session.ts');
    await rm(sessionFolder(io.env), { recursive: true, force: true });
    out.note(`Logged out of ${kept.length} server${kept.length === 1 ? '' : 's'}.`);
    return;
  }
  const server = remoteServer(context);
  const kept = recallSession(io.env, server, undefined);
  if (kept === undefined) throw new CommandError(`No session is kept for ${addressText(server)}`);
  await end(context, kept.address, kept.session);
  await forgetSession(io.env, server);
  out.note(`Logged out of ${addressText(server)}.`);
};

/** A session that is replaced is ended, so that none is left on the server. */
const leaveOld = async (context: Context, server: ServerAddress): Promise<void> => {
  const old = recallSession(context.io.env, server, undefined);
  if (old !== undefined) await end(context, old.address, old.session);
};

const end = async ({ connection, io }: Context, address: ServerAddress, session: string): Promise<void> => {
  // A server that is gone has ended the session itself.
  await new Session(await transportTo(address, connection, io), session).logout();
};
