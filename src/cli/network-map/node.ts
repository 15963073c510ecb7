// A map of a network, as it is drawn: a tree from the host over its uplinks and networks to the guests. What it says of each thing is
// decided here once, for the terminal and for pictures alike.

/** `off`: not in use, and nothing is wrong with that. */
export type Health = 'ok' | 'off' | 'warn' | 'bad';

export type NodeKind = 'host' | 'nic' | 'bond' | 'tunnel' | 'network' | 'vlan' | 'guest' | 'more';

export interface MapNode {
  /** Unique in the map. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** What else there is to say, the weightiest first. */
  readonly details: readonly string[];
  readonly health: Health;
  /** Sentences: what is wrong, and what to do. */
  readonly faults: readonly string[];
  readonly children: readonly MapNode[];
}

const gravity: readonly Health[] = ['ok', 'off', 'warn', 'bad'];

export const worst = (...healths: readonly Health[]): Health =>
  healths.reduce((a, b) => (gravity.indexOf(b) > gravity.indexOf(a) ? b : a), 'ok');

/** Users and guests write names: control characters in them must steer nothing. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');
