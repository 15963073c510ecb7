// Writes a cpio archive in the "newc" form, the only one a Linux kernel takes as its first root file system.
// Pure: entries in, bytes out. Owner is always root, times are zero, so the same entries give the same bytes.

export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly data: Uint8Array }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'character-device'; readonly path: string; readonly mode: number; readonly major: number; readonly minor: number };

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
const S_IFCHR = 0o020000;

interface Header {
  readonly path: string;
  readonly mode: number;
  readonly data: Uint8Array;
  readonly major: number;
  readonly minor: number;
}

const NO_DATA = new Uint8Array(0);

function headerOf(entry: CpioEntry): Header {
  const plain = { path: entry.path, data: NO_DATA, major: 0, minor: 0 };
  switch (entry.kind) {
    case 'directory':
      return { ...plain, mode: S_IFDIR | entry.mode };
    case 'file':
      return { ...plain, mode: S_IFREG | entry.mode, data: entry.data };
    case 'symlink':
      return { ...plain, mode: S_IFLNK | 0o777, data: Buffer.from(entry.target) };
    case 'character-device':
      return { ...plain, mode: S_IFCHR | entry.mode, major: entry.major, minor: entry.minor };
    default:
      return entry satisfies never;
  }
}

const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

/** Fields: inode, mode, uid, gid, links, mtime, size, device (2), special device (2), length of the name, checksum. */
function encode(header: Header, inode: number): Buffer {
  const name = Buffer.from(`${header.path}\0`);
  const fields = [inode, header.mode, 0, 0, 1, 0, header.data.length, 0, 0, header.major, header.minor, name.length, 0];
  const head = Buffer.concat([
    Buffer.from(`070701${fields.map(value => value.toString(16).toUpperCase().padStart(8, '0')).join('')}`),
    name,
  ]);
  return Buffer.concat([head, padding(head.length), header.data, padding(header.data.length)]);
}

/** Directories must come before what they hold. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const trailer: Header = { path: 'TRAILER!!!', mode: 0, data: NO_DATA, major: 0, minor: 0 };
  return Buffer.concat([...entries.map(headerOf), trailer].map((header, index) => encode(header, index + 1)));
}
