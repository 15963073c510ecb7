// A small xenstored: enough of its protocol for one client at a time, all in memory.

import type { Duplex } from 'node:stream';
import { encodeMessage, type XenstoreKind } from '../../src/wire/xenstore.ts';

const PARTS_BYTES = 64;

/** Nodes by path; children follow from the paths. */
export class XenstoreDaemon {
  readonly nodes = new Map<string, Buffer>();
  readonly watches: { readonly path: string; readonly token: string }[] = [];
  requests = 0;
  #stream: Duplex | undefined;

  /** The next client; watches of the last one are gone. */
  serve(stream: Duplex): void {
    this.#stream = stream;
    this.watches.splice(0);
    stream.on('data', (piece: Buffer) => {
      for (let at = 0; at < piece.length; ) {
        const length = piece.readUInt32LE(at + 12);
        const payload = piece.subarray(at + 16, at + 16 + length);
        this.#answer(piece.readUInt32LE(at), piece.readUInt32LE(at + 4), payload);
        at += 16 + length;
      }
    });
  }

  set(path: string, value: string): void {
    this.nodes.set(path, Buffer.from(value));
    this.fire(path);
  }

  /** Removes a node and all below it. */
  drop(path: string): void {
    for (const node of this.nodes.keys()) if (node === path || node.startsWith(`${path}/`)) this.nodes.delete(node);
    this.fire(path);
  }

  /** Tells whoever watches `path`, or what it lies below. */
  fire(path: string): void {
    for (const watch of this.watches) if (path.startsWith(watch.path)) this.#tell(watch.token, path);
  }

  #children(path: string): readonly string[] {
    const below = [...this.nodes.keys()]
      .filter(node => node.startsWith(`${path}/`))
      .map(node => node.slice(path.length + 1).split('/')[0] ?? '');
    return [...new Set(below)];
  }

  #send(kind: XenstoreKind, requestId: number, payload: string | Buffer): void {
    if (this.#stream?.writableEnded === false) this.#stream.write(encodeMessage({ kind, requestId, payload: Buffer.from(payload) }));
  }

  #tell(token: string, path: string): void {
    this.#send('watch-event', 0, `${path}\0${token}\0`);
  }

  #answer(kind: number, id: number, payload: Buffer): void {
    this.requests += 1;
    const [path = '', second = ''] = payload.toString('latin1').split('\0');
    const children = this.#children(path);
    switch (kind) {
      case 1: {
        if (children.length === 0 && !this.nodes.has(path)) return this.#send('error', id, 'ENOENT\0');
        const names = children.map(name => `${name}\0`).join('');
        return names.length > 4096 ? this.#send('error', id, 'E2BIG\0') : this.#send('directory', id, names);
      }
      case 2:
        return this.nodes.has(path) ? this.#send('read', id, this.nodes.get(path) ?? '') : this.#send('error', id, 'ENOENT\0');
      case 4:
        this.watches.push({ path, token: second });
        this.#send('watch', id, 'OK\0');
        return this.#tell(second, path);
      case 5:
        this.watches.splice(0, this.watches.length, ...this.watches.filter(watch => watch.token !== second));
        return this.#send('unwatch', id, 'OK\0');
      case 11:
        this.#send('write', id, 'OK\0');
        return this.set(path, second);
      case 22: {
        const all = children.map(name => `${name}\0`).join('');
        const rest = all.slice(Number(second));
        const part = rest.length <= PARTS_BYTES ? `${rest}\0` : rest.slice(0, rest.lastIndexOf('\0', PARTS_BYTES) + 1);
        return this.#send('directory-part', id, `1\0${part}`);
      }
      default:
        return this.#send('error', id, 'EINVAL\0');
    }
  }
}
