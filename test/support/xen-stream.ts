// Streams as xl writes them, without a guest in them.

const record = (type: number, body: Uint8Array): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc((8 - (body.length % 8)) % 8)]);
};

const xlHeader = (config: string): Buffer => {
  const header = Buffer.alloc(48);
  header.write('Xen saved domain, xl format\n \0 \r', 'latin1');
  header.writeUInt32LE(0x01020304, 32);
  header.writeUInt32LE(3, 36);
  header.writeUInt32LE(Buffer.byteLength(config), 44);
  return Buffer.concat([header, Buffer.from(config)]);
};

const libxlHeader = Buffer.concat([Buffer.from('LibxlFmt'), Buffer.from('0000000200000000', 'hex')]);
const libxcHeaders = Buffer.concat([
  Buffer.from(`${'ff'.repeat(8)}58454e4600000003${'00'.repeat(8)}`, 'hex'),
  Buffer.from('01000000' + '0c000000' + '04000000' + '11000000', 'hex'),
]);

export interface StreamShape {
  readonly config: string;
  /** Lengths of the bodies of its records of memory. */
  readonly pages: readonly number[];
}

export const exampleStream = ({ config, pages }: StreamShape): Buffer =>
  Buffer.concat([
    xlHeader(config),
    libxlHeader,
    record(1, new Uint8Array(0)),
    libxcHeaders,
    ...pages.map(length => record(1, Buffer.alloc(length, 0xa5))),
    record(0, new Uint8Array(0)),
    record(2, Buffer.from('\0\0\0\0\0\0\0\0', 'latin1')),
    record(0, new Uint8Array(0)),
  ]);
