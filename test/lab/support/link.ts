// Two network namespaces and one link between them that can be cut without a word: frames vanish, no connection is reset.
// What a pulled cable does to two hosts.

import { execFileSync } from 'node:child_process';

export interface Link {
  readonly sides: readonly [Side, Side];
  cut(): void;
  mend(): void;
  remove(): void;
}

export interface Side {
  readonly namespace: string;
  readonly address: string;
  /** Put before a command so that it runs on this side. */
  readonly wrap: readonly string[];
}

const ip = (...args: readonly string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** The kernel tells of a carrier a moment after both ends are up; until then programs do not see the address. */
function awaitCarrier({ namespace }: Side): void {
  for (let look = 0; look < 200; look++) {
    if (execFileSync('ip', ['-n', namespace, '-br', 'link', 'show', 'dev', 'link0'], { encoding: 'utf8' }).includes(' UP ')) return;
    execFileSync('sleep', ['0.05']);
  }
  throw new Error(`the link never came up in ${namespace}`);
}

let made = 0;

/** Needs root. `remove` undoes all of it. */
export function makeLink(): Link {
  made += 1;
  const tag = `${process.pid % 100_000}${made}`;
  const network = 1 + ((process.pid + made) % 250);
  const side = (letter: 'a' | 'b', host: number): Side => {
    const namespace = `xl${tag}${letter}`;
    return { namespace, address: `10.211.${network}.${host}`, wrap: ['ip', 'netns', 'exec', namespace] };
  };
  const sides = [side('a', 1), side('b', 2)] as const;
  for (const { namespace } of sides) ip('netns', 'add', namespace);
  ip('link', 'add', 'link0', 'netns', sides[0].namespace, 'type', 'veth', 'peer', 'name', 'link0', 'netns', sides[1].namespace);
  for (const { namespace, address } of sides) {
    ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'link0');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    ip('-n', namespace, 'link', 'set', 'link0', 'up');
  }
  for (const each of sides) awaitCarrier(each);
  return {
    sides,
    cut: () => ip('-n', sides[1].namespace, 'link', 'set', 'link0', 'down'),
    mend: () => ip('-n', sides[1].namespace, 'link', 'set', 'link0', 'up'),
    remove: () => {
      for (const { namespace } of sides) ip('netns', 'del', namespace);
    },
  };
}
