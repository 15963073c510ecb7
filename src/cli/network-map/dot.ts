// Maps in the language of Graphviz: one cluster for each host. No program is needed to write it; `dot` draws it.

import type { Health, MapNode, NodeKind } from './node.ts';

const colours: Readonly<Record<Health, string>> = { ok: '#2e7d32', off: '#9e9e9e', warn: '#b26a00', bad: '#c62828' };

const shapes: Readonly<Record<NodeKind, string>> = {
  host: 'box3d',
  nic: 'box',
  bond: 'trapezium',
  tunnel: 'cds',
  network: 'ellipse',
  vlan: 'ellipse',
  guest: 'component',
  more: 'plaintext',
};

/** A text within quotes; `\n` between its lines. */
const quoted = (...lines: readonly string[]): string =>
  `"${lines.map(line => line.replaceAll('\\', '\\\\').replaceAll('"', '\\"')).join('\\n')}"`;

export const dotText = (hosts: readonly MapNode[]): string => {
  const lines = ['digraph network {', '  rankdir=LR;', '  node [fontname="sans-serif", fontsize=10];', '  edge [arrowhead=none];'];
  const draw = (node: MapNode, id: string): void => {
    const label = quoted(node.name, ...node.details.filter(each => each !== ''));
    const attributes = [`label=${label}`, `shape=${shapes[node.kind]}`, `color="${colours[node.health]}"`];
    if (node.faults.length > 0) attributes.push(`tooltip=${quoted(...node.faults)}`, 'penwidth=2');
    if (node.health === 'off') attributes.push('style=dashed');
    lines.push(`    ${id} [${attributes.join(', ')}];`);
    for (const [i, child] of node.children.entries()) {
      draw(child, `${id}_${i}`);
      lines.push(`    ${id} -> ${id}_${i};`);
    }
  };
  for (const [i, host] of hosts.entries()) {
    lines.push(`  subgraph cluster_${i} {`, `    label=${quoted(host.name)};`);
    draw(host, `n${i}`);
    lines.push('  }');
  }
  return `${[...lines, '}'].join('\n')}\n`;
};
