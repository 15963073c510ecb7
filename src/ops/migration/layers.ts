// How the layers of a family's disks are made again at the destination, so that snapshots share there what they share here.
//
// The layers form a tree: the oldest at the root, each disk a path down to its top. A layer is made at the destination as one of its
// own if a disk ends in it or the tree branches in it; other layers melt into the one above. Every layer made is the top of some
// volume: of the disk that ends in it, or of a carrier that is deleted when all is there (the layer stays for those above it).
//
//   here:  base ─ a ─ b (disk)      there:  base' ─ b' (disk)     with a and b sent into b', one after the other
//            └─ s (snapshot)                   └─ s' (snapshot)   base' made by a carrier

export interface LayeredDisk {
  readonly id: string;
  /** Topmost first. */
  readonly layers: readonly string[];
  readonly sizeBytes: number;
  readonly utilisationBytes: number;
}

export interface Send {
  readonly layer: string;
  /** `all`: with everything below it. */
  readonly what: 'layer' | 'all';
}

/** One volume to make at the destination, and what to fill it with. In order: below before above. */
export interface LayerMove {
  /** The disk that ends in this layer; undefined for a carrier. */
  readonly disk: string | undefined;
  /** Index of the move whose layer lies below this one. */
  readonly onto: number | undefined;
  readonly sizeBytes: number;
  /** Oldest first; empty for a disk that holds nothing of its own. */
  readonly sends: readonly Send[];
  /** A disk here through which the layers can be read. */
  readonly through: string;
  /** An estimate of what is sent. */
  readonly weightBytes: number;
}

interface Node {
  readonly layer: string;
  readonly children: Node[];
  readonly endsHere: LayeredDisk[];
  readonly passing: LayeredDisk[];
}

/** The moves for disks of one SR that go to one SR. */
export function planLayers(disks: readonly LayeredDisk[]): readonly LayerMove[] {
  const moves: LayerMove[] = [];
  const visit = (node: Node, below: number | undefined, melted: readonly string[]): void => {
    const kept = node.endsHere.length > 0 || node.children.length > 1;
    const pending = [...melted, node.layer];
    if (!kept) {
      for (const child of node.children) visit(child, below, pending);
      return;
    }
    const index = addLayer(moves, node, below, pending);
    for (const child of node.children) visit(child, index, []);
  };
  for (const root of treeOf(disks)) visit(root, undefined, []);
  return moves;
}

function addLayer(moves: LayerMove[], node: Node, below: number | undefined, pending: readonly string[]): number {
  const [first, ...others] = node.endsHere;
  const through = node.passing[0];
  if (through === undefined) throw new Error(`layer ${node.layer} belongs to no disk`);
  const sizeBytes = Math.min(...node.passing.map(disk => disk.sizeBytes));
  const sends: Send[] =
    below === undefined ? [{ layer: node.layer, what: 'all' }] : pending.map(layer => ({ layer, what: 'layer' as const }));
  const weightBytes = Math.max(1, first?.utilisationBytes ?? Math.min(...node.passing.map(disk => disk.utilisationBytes)));
  const index =
    moves.push({ disk: first?.id, onto: below, sizeBytes: first?.sizeBytes ?? sizeBytes, sends, through: through.id, weightBytes }) - 1;
  for (const disk of others) {
    moves.push({ disk: disk.id, onto: index, sizeBytes: disk.sizeBytes, sends: [], through: disk.id, weightBytes: 1 });
  }
  return index;
}

function treeOf(disks: readonly LayeredDisk[]): readonly Node[] {
  const roots: Node[] = [];
  for (const disk of disks) {
    let siblings = roots;
    let node: Node | undefined;
    for (const layer of disk.layers.toReversed()) {
      let next = siblings.find(each => each.layer === layer);
      if (next === undefined) siblings.push((next = { layer, children: [], endsHere: [], passing: [] }));
      next.passing.push(disk);
      siblings = next.children;
      node = next;
    }
    node?.endsHere.push(disk);
  }
  return roots;
}
