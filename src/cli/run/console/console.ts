// `console`: the text console of a VM on this terminal, until Ctrl-].

import type { ByteStream } from '../../../client/stream.ts';
import { parseAddress } from '../../../client/address.ts';
import { HttpTransport } from '../../../client/transport.ts';
import type { Ref } from '../../../lib/brand.ts';
import { transportTo } from '../../connection.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { select } from '../../selectors.ts';

const ESCAPE_BYTE = 0x1d;
const HTTP_OK = 200;

export const open: Handler = async context => {
  const [item] = await select(context);
  if (item === undefined) return;
  const session = await context.session();
  const console = await textConsole(context, item.ref as Ref<'VM'>);
  context.out.direct('Connecting to console (press Ctrl-] to quit)\n');
  const path = new URL(console.location, 'https://localhost').pathname;
  const query = new URLSearchParams({ ref: console.ref, session_id: session.ref });
  const stream = await openStream(context, console.location, `${path}?${query.toString()}`);
  await join(context, stream.stream, stream.rest);
};

const textConsole = async (context: Context, vm: Ref<'VM'>): Promise<{ readonly ref: string; readonly location: string }> => {
  const session = await context.session();
  for (const ref of await session.call('VM.get_consoles', { self: vm })) {
    const record = await session.call('console.get_record', { self: ref });
    if (record.protocol === 'vt100') return { ref, location: record.location };
  }
  throw new CommandError('The VM has no text console. Is it running?');
};

/** The console is served by the host of its location; over a local socket that is the same server. */
const openStream = async (
  context: Context,
  location: string,
  path: string,
): Promise<{ readonly stream: ByteStream; readonly rest: Buffer }> => {
  const { transport } = await context.session();
  const own = transport instanceof HttpTransport ? transport : undefined;
  const address = own?.address.kind === 'unix' ? own.address : parseAddress(new URL(location).origin);
  if (address === undefined) throw new CommandError(`The console is at ${location}, which is no address`);
  const server = own !== undefined && own.address.kind === 'unix' ? own : await transportTo(address, context.connection, context.io);
  if (!(server instanceof HttpTransport)) throw new CommandError('A console needs a server');
  const connection = await server.open();
  const response = await connection.request({ method: 'CONNECT', path, headers: { host: 'localhost' }, body: '' });
  if (response.status !== HTTP_OK) {
    connection.close();
    throw new CommandError(`The server does not open the console: ${response.status} ${response.reason}`);
  }
  return connection.detach();
};

/** Ends when the guest's side closes, or when Ctrl-] is typed. A stdin that is no terminal is passed on as it comes, and its end ends nothing. */
const join = async (context: Context, stream: ByteStream, rest: Buffer): Promise<void> => {
  const { stdout } = context.io;
  const terminal = await context.io.takeTerminal();
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  stream.listen({
    data: bytes => stdout.write(bytes),
    end: resolve,
    closed: error => (error === undefined ? resolve() : reject(error)),
  });
  if (rest.length > 0) stdout.write(rest);
  const over = new AbortController();
  const typing = typeInto(stream, terminal?.keys ?? context.io.readBytes(over.signal), terminal !== undefined);
  try {
    await Promise.race([closed, terminal === undefined ? typing.then(() => closed) : typing]);
  } finally {
    over.abort();
    terminal?.release();
    stream.destroy();
    stdout.write('\n');
  }
};

const typeInto = async (stream: ByteStream, pieces: AsyncIterable<Uint8Array>, areKeys: boolean): Promise<void> => {
  for await (const typed of pieces) {
    const escape = areKeys ? typed.indexOf(ESCAPE_BYTE) : -1;
    stream.write(escape < 0 ? typed : typed.subarray(0, escape));
    if (escape >= 0) return;
  }
};
