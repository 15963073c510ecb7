// The layers of an SR as a graph: pure questions about who needs what.
//
// Each layer has at most one parent (the layer below). A root is a layer that a volume, a freeze or a copy under way names. A layer
// that no root reaches is garbage; one between two others with nobody of its own can be merged with the one above.

export type LayerName = string;

export interface Layer {
  readonly virtualSizeBytes: number;
  readonly parent?: LayerName;
}

export type Layers = ReadonlyMap<LayerName, Layer>;

/** `name` and all below it, topmost first. A layer that is missing ends the walk and is part of it; a cycle ends it too. */
export const chainOf = (layers: Layers, name: LayerName): readonly LayerName[] => {
  const chain: LayerName[] = [];
  const seen = new Set<LayerName>();
  for (let at: LayerName | undefined = name; at !== undefined && !seen.has(at); at = layers.get(at)?.parent) {
    chain.push(at);
    seen.add(at);
  }
  return chain;
};

export const reachable = (layers: Layers, roots: Iterable<LayerName>): ReadonlySet<LayerName> => {
  const found = new Set<LayerName>();
  for (const root of roots)
    for (let at: LayerName | undefined = root; at !== undefined && !found.has(at); at = layers.get(at)?.parent) found.add(at);
  return found;
};

/** Layers that can be deleted, topmost first: an interrupted deletion leaves a shorter chain, never one with a hole. */
export const garbage = (layers: Layers, roots: Iterable<LayerName>): readonly LayerName[] => {
  const needed = reachable(layers, roots);
  const useless = [...layers.keys()].filter(name => !needed.has(name));
  const depth = new Map(useless.map(name => [name, chainOf(layers, name).length]));
  return useless.sort((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0));
};

export const childrenOf = (layers: Layers, parent: LayerName): readonly LayerName[] =>
  [...layers].filter(([, layer]) => layer.parent === parent).map(([name]) => name);

export interface Merge {
  readonly upper: LayerName;
  readonly lower: LayerName;
}

/** Pairs where nobody sees the lower layer but through the upper one, so that their contents can become one. */
export const merges = (layers: Layers, roots: Iterable<LayerName>): readonly Merge[] => {
  const own = new Set(roots);
  const children = new Map<LayerName, LayerName[]>();
  for (const [name, { parent }] of layers) if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), name]);
  return [...children].flatMap(([lower, [upper, ...others]]) =>
    upper !== undefined && others.length === 0 && !own.has(lower) && layers.has(lower) ? [{ upper, lower }] : [],
  );
};
