// The TLS material of one side as QEMU's `tls-creds-x509` reads it from a directory: the names of the files, and their texts.

import type { MigrationTls } from './hypervisor.ts';

/**
 * The group ffdhe2048 of RFC 7919, appendix A.1. A server of QEMU's that is given none makes one of its own before it serves, which costs up to a
 * second of processor time and stands in the way of whatever waits for it.
 */
const GROUP_PEM = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`;

/** The names are QEMU's own (its manual, "TLS setup for network services"). The texts hold a key: for this user's eyes only, and no longer than needed. */
export const qemuTlsFiles = (endpoint: 'server' | 'client', tls: MigrationTls): readonly (readonly [string, string])[] => [
  ['ca-cert.pem', tls.caPem],
  [`${endpoint}-cert.pem`, tls.certPem],
  [`${endpoint}-key.pem`, tls.keyPem],
  ...(endpoint === 'server' ? ([['dh-params.pem', GROUP_PEM]] as const) : []),
];
