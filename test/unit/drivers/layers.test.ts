// Layers as a graph, headers as bytes, progress as text: the pure parts of storage.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultRoute, nameServers } from '../../../src/drivers/network/host-interfaces.ts';
import { ImageHeaderError, parseQcow2Header } from '../../../src/drivers/storage/image/qcow2-header.ts';
import { progressReader } from '../../../src/drivers/storage/image/qemu-img.ts';
import { overlayLayer } from '../../../src/drivers/storage/layered/freeze.ts';
import { chainOf, garbage, type Layer, merges, reachable } from '../../../src/drivers/storage/layered/graph.ts';
import { isLayerName } from '../../../src/drivers/storage/layered/record.ts';

const layersOf = (parents: Record<string, string | undefined>): Map<string, Layer> =>
  new Map(Object.entries(parents).map(([name, parent]) => [name, { virtualSizeBytes: 1, ...(parent !== undefined && { parent }) }]));

describe('the graph', () => {
  const layers = layersOf({ base: undefined, a: 'base', b: 'a', c: 'a', stray: 'base', lost: 'stray' });

  test('follows chains, also to a layer that is missing and round a circle', () => {
    expect(chainOf(layers, 'b')).toEqual(['b', 'a', 'base']);
    expect(chainOf(layersOf({ x: 'gone' }), 'x')).toEqual(['x', 'gone']);
    expect(chainOf(layersOf({ x: 'y', y: 'x' }), 'x')).toEqual(['x', 'y']);
  });

  test('throws away from the top down what no root reaches', () => {
    expect(garbage(layers, ['b'])).toEqual(['c', 'lost', 'stray']);
    expect(garbage(layers, ['b', 'c', 'lost'])).toEqual([]);
  });

  test('merges only where one alone looks through', () => {
    expect(merges(layersOf({ base: undefined, top: 'base' }), ['top'])).toEqual([{ upper: 'top', lower: 'base' }]);
    expect(merges(layersOf({ base: undefined, top: 'base' }), ['top', 'base'])).toEqual([]);
    expect(merges(layersOf({ base: undefined, x: 'base', y: 'base' }), ['x', 'y'])).toEqual([]);
  });

  test('never throws away what a root needs', () => {
    const forest = fc
      .array(fc.nat(), { minLength: 1, maxLength: 20 })
      .map(picks =>
        layersOf(Object.fromEntries(picks.map((pick, i) => [`l${i}`, pick % (i + 1) === i ? undefined : `l${pick % (i + 1)}`]))),
      );
    fc.assert(
      fc.property(forest, fc.array(fc.nat(19)), (all, picks) => {
        const roots = picks.map(pick => `l${pick}`).filter(name => all.has(name));
        const useless = new Set(garbage(all, roots));
        for (const root of roots) for (const name of chainOf(all, root)) expect(useless.has(name)).toBe(false);
        expect(useless.size + reachable(all, roots).size).toBe(all.size);
      }),
    );
  });
});

describe('a qcow2 header', () => {
  const header = (backing: string): Uint8Array => {
    const bytes = new Uint8Array(512);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x514649fb);
    view.setUint32(4, 3);
    view.setBigUint64(24, 12_345n);
    if (backing !== '') {
      view.setBigUint64(8, 200n);
      view.setUint32(16, backing.length);
      bytes.set(new TextEncoder().encode(backing), 200);
    }
    return bytes;
  };

  test('tells the size and the image below', () => {
    expect(parseQcow2Header(header(''))).toEqual({ format: 'qcow2', virtualSizeBytes: 12_345 });
    expect(parseQcow2Header(header('base.qcow2'))).toMatchObject({ backingName: 'base.qcow2' });
    expect(parseQcow2Header(new Uint8Array(512))).toBeUndefined();
  });

  test('fails in one way only, whatever the bytes', () => {
    const start = [0x51, 0x46, 0x49, 0xfb];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (tail, real) => {
        try {
          parseQcow2Header(Uint8Array.from(real ? [...start, ...tail] : tail));
        } catch (error) {
          expect(error).toBeInstanceOf(ImageHeaderError);
        }
      }),
    );
  });
});

test('progress is read from any pieces and only rises', () => {
  const text = '    (0.00/100%)\r    (12.50/100%)\r    (12.50/100%)\r    (100.00/100%)\r\n';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), cuts => {
      const told: number[] = [];
      const read = progressReader(fraction => told.push(fraction));
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      for (const [i, end] of places.slice(1).entries()) read(text.slice(places[i], end));
      expect(told).toEqual([0, 0.125, 1]);
    }),
  );
});

test('every overlay has the name of a layer, the same each time', () => {
  expect(overlayLayer('v', '0b0c8d5e-0000-4000-8000-000000000001')).toBe('0b0c8d5e-0000-4000-8000-000000000001.qcow2');
  fc.assert(
    fc.property(fc.string(), name => {
      expect(isLayerName(overlayLayer('v', name))).toBe(true);
      expect(overlayLayer('v', name)).toBe(overlayLayer('v', name));
    }),
  );
});

test('the default route and the name servers are read from their tables', () => {
  const route =
    'Iface\tDestination\tGateway\n eth1\t00000000\t0101A8C0\t3\t0\t0\t100\t00000000\neth0\t00000000\t010200C0\t3\t0\t0\t0\t00000000\neth0\t000200C0\t0\t1\t0\t0\t0\t00FFFFFF\n';
  expect(defaultRoute(route)).toEqual({ device: 'eth0', gateway: '192.0.2.1' });
  expect(defaultRoute('Iface\n')).toBeUndefined();
  expect(nameServers('# no\nnameserver 10.0.0.1\nsearch x\n nameserver fd00::1\n')).toEqual(['10.0.0.1', 'fd00::1']);
});
