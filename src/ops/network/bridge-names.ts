// Names of bridges that networks get when nobody gives them one.

import type { Reader } from '../../db/db.ts';

/** Gives out free names, each once. */
export const bridgeNamer = (db: Reader): (() => string) => {
  const taken = new Set([...db.all('network')].map(([, network]) => network.bridge));
  let number = 0;
  return () => {
    while (taken.has(`xapi${number}`)) number += 1;
    const name = `xapi${number}`;
    taken.add(name);
    return name;
  };
};
