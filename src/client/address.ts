// Where a XenAPI server is: `host`, `host:port`, `https://host[:port]`, `http://host[:port]` or `unix:/path`. Pure.

export type ServerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tls' | 'tcp'; readonly host: string; readonly port: number };

export const DEFAULT_TLS_PORT = 443;
export const DEFAULT_TCP_PORT = 80;

/** The address, or undefined if `text` is none. `tls` decides the protocol of a bare host; `port` is used where `text` has none. */
export const parseAddress = (
  text: string,
  options: { readonly tls?: boolean; readonly port?: number | undefined } = {},
): ServerAddress | undefined => {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
    return path === '' ? undefined : { kind: 'unix', path };
  }
  const match = /^(?:(https?):\/\/)?(\[[0-9a-fA-F:.%]+\]|[^/:[\]\s]+)(?::(\d{1,5}))?\/?$/.exec(text);
  if (match === null) return bareIpv6(text, options);
  const [, scheme, host = '', digits] = match;
  const tls = scheme === undefined ? (options.tls ?? true) : scheme === 'https';
  const port = digits === undefined ? (options.port ?? defaultPort(tls)) : Number(digits);
  if (port > 65535) return undefined;
  return { kind: tls ? 'tls' : 'tcp', host: host.replace(/^\[|\]$/g, ''), port };
};

const bareIpv6 = (text: string, options: { readonly tls?: boolean; readonly port?: number | undefined }): ServerAddress | undefined => {
  if (!/^[0-9a-fA-F:]+:[0-9a-fA-F:.%]*$/.test(text)) return undefined;
  const tls = options.tls ?? true;
  return { kind: tls ? 'tls' : 'tcp', host: text, port: options.port ?? defaultPort(tls) };
};

const defaultPort = (tls: boolean): number => (tls ? DEFAULT_TLS_PORT : DEFAULT_TCP_PORT);

/** `host:port`, with brackets around an IPv6 address: the name of the server in messages and in the list of known hosts. */
export const hostAndPort = (address: { readonly host: string; readonly port: number }): string =>
  `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;

export const addressText = (address: ServerAddress): string => {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `${address.kind === 'tls' ? 'https' : 'http'}://${hostAndPort(address)}`;
};
