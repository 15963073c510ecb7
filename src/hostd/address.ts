// Where hostd listens: `unix:PATH`, `tls:ADDRESS:PORT`, `tcp:ADDRESS:PORT`. ADDRESS may be `*` (every address), `[IPv6]`, or `management`: the
// addresses of the management interface, wherever it goes.

export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'tls' | 'tcp';
      /** Undefined: every address. */
      readonly host: string | undefined;
      readonly port: number;
      /** On its addresses alone; `host` is undefined. */
      readonly follows?: 'management';
    };

/** Longest path that fits a socket address on Linux. */
const MAX_UNIX_PATH_BYTES = 107;

/** The address, or a sentence that says what is wrong with `text`. */
export const parseListenAddress = (text: string): ListenAddress | string => {
  if (text.startsWith('unix:')) return unixAddress(text.slice('unix:'.length));
  const match = /^(tls|tcp):(\*|\[[0-9a-fA-F:.]+\]|[^:[\]]+):(\d{1,5})$/.exec(text);
  if (match === null) return `'${text}' is not unix:PATH, tls:ADDRESS:PORT or tcp:ADDRESS:PORT`;
  const [, kind, address = '', digits = ''] = match;
  const port = Number(digits);
  if (port > 65535) return `'${text}': the port must be 0 to 65535`;
  if (address === 'management') return { kind: kind === 'tls' ? 'tls' : 'tcp', host: undefined, port, follows: 'management' };
  const host = address === '*' ? undefined : address.replace(/^\[|\]$/g, '');
  return { kind: kind === 'tls' ? 'tls' : 'tcp', host, port };
};

const unixAddress = (path: string): ListenAddress | string => {
  if (path === '') return `'unix:' needs a path`;
  if (Buffer.byteLength(path) > MAX_UNIX_PATH_BYTES)
    return `'${path}' is longer than a unix socket's path may be (${MAX_UNIX_PATH_BYTES} bytes)`;
  return { kind: 'unix', path };
};

export const addressText = (address: ListenAddress): string => {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = address.follows ?? address.host ?? '*';
  return `${address.kind}:${host.includes(':') ? `[${host}]` : host}:${address.port}`;
};
