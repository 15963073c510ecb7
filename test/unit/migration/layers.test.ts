// How layers are made again at the destination: sharing kept, order right, nothing sent twice.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LayeredDisk, type LayerMove, planLayers } from '../../../src/ops/migration/layers.ts';

const disk = (id: string, ...layers: readonly string[]): LayeredDisk => ({ id, layers, sizeBytes: 100, utilisationBytes: 10 });
const brief = (moves: readonly LayerMove[]): readonly unknown[] =>
  moves.map(move => [move.disk ?? 'carrier', move.onto, ...move.sends.map(send => `${send.what} ${send.layer}`)]);

describe('layers', () => {
  test('one disk is one volume, sent whole', () => {
    expect(brief(planLayers([disk('d', 'top', 'middle', 'base')]))).toEqual([['d', undefined, 'all top']]);
  });

  test('a snapshot below its disk comes first, and the disk goes on top of it', () => {
    expect(brief(planLayers([disk('d', 'top', 'frozen'), disk('s', 'frozen')]))).toEqual([
      ['s', undefined, 'all frozen'],
      ['d', 0, 'layer top'],
    ]);
  });

  test('what two disks share is carried once, by a volume of its own if no disk ends there', () => {
    expect(brief(planLayers([disk('d', 'd-top', 'base'), disk('s', 's-top', 'base')]))).toEqual([
      ['carrier', undefined, 'all base'],
      ['d', 0, 'layer d-top'],
      ['s', 0, 'layer s-top'],
    ]);
  });

  test('layers in between melt into the one above, oldest first', () => {
    expect(brief(planLayers([disk('d', 'c', 'b', 'a'), disk('s', 'a')]))).toEqual([
      ['s', undefined, 'all a'],
      ['d', 0, 'layer b', 'layer c'],
    ]);
  });

  test('two disks that are the same data differ by an empty layer', () => {
    expect(brief(planLayers([disk('s', 'a'), disk('t', 'a')]))).toEqual([
      ['s', undefined, 'all a'],
      ['t', 0],
    ]);
  });
});

/** Disks over a random tree of layers; each layer writes its own name to a few blocks. */
const forest = fc
  .array(fc.record({ parent: fc.nat(), blocks: fc.uniqueArray(fc.nat(5), { maxLength: 4 }), isDisk: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map(nodes => {
    const parentOf = nodes.map((node, i) => (i === 0 || node.parent % (i + 1) === i ? undefined : node.parent % i));
    const chain = (i: number | undefined): readonly string[] => (i === undefined ? [] : [`l${i}`, ...chain(parentOf[i])]);
    const blocks = new Map(nodes.map((node, i) => [`l${i}`, node.blocks]));
    return { blocks, disks: nodes.flatMap((node, i) => (node.isDisk ? [disk(`d${i}`, ...chain(i))] : [])) };
  });

const contentOf = (layers: readonly string[], blocks: ReadonlyMap<string, readonly number[]>): ReadonlyMap<number, string> =>
  new Map(layers.toReversed().flatMap(layer => (blocks.get(layer) ?? []).map(block => [block, layer] as const)));

test('whatever the tree: each disk is there once with its content, no layer is sent twice, below comes before above', () => {
  fc.assert(
    fc.property(forest, ({ blocks, disks }) => {
      const moves = planLayers(disks);
      const made: Map<number, string>[] = [];
      const sent = new Set<string>();
      for (const move of moves) {
        const content = new Map(move.onto === undefined ? [] : made[move.onto]);
        for (const { layer, what } of move.sends) {
          expect(sent.has(layer)).toBe(false);
          sent.add(layer);
          const through = disks.find(each => each.id === move.through);
          const below = through?.layers.slice(through.layers.indexOf(layer)) ?? [];
          for (const [block, data] of contentOf(what === 'all' ? below : [layer], blocks)) content.set(block, data);
        }
        made.push(content);
      }
      for (const each of disks) {
        const at = moves.flatMap((move, i) => (move.disk === each.id ? [i] : []));
        expect(at).toHaveLength(1);
        expect(made[at[0] ?? -1]).toEqual(contentOf(each.layers, blocks));
      }
    }),
  );
});
