// The keys of a profile, each with what it means.

export const profileKeys = {
  server: 'host, host:port, https://host or unix:/path',
  port: 'port of the server',
  username: 'user name',
  'password-file': 'file with the user name on its first line and the password on its second, readable by the user alone',
  fingerprint: 'SHA-256 of the certificate of the server',
  'ca-file': 'CA that signed the certificate of the server',
  output: 'form of the output on a terminal: table, json, ndjson, yaml, csv or value',
  'exit-codes': 'true: the finer exit codes',
} as const satisfies Readonly<Record<string, string>>;

export type ProfileKey = keyof typeof profileKeys;
