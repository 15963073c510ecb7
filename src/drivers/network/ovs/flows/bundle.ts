// From one set of guarded interfaces to another: the text of one atomic bundle for `ovs-ofctl --bundle add-flows`. Pure.

import { commonRules, cookieOf, type GuardedPort, type Rule, rulesOf } from './rules.ts';

export type GuardedPorts = ReadonlyMap<string, GuardedPort>;

const added = ({ cookie, table, priority, match, actions }: Rule): string =>
  `add table=${table},cookie=${cookie},priority=${priority},${match === '' ? '' : `${match},`}actions=${actions}`;

const removed = ({ vifId, tap, door }: GuardedPort): readonly string[] => [
  `delete cookie=${cookieOf(vifId)}/-1`,
  // Whatever else a number's last holder may have left.
  `delete in_port=${tap}`,
  `delete in_port=${door}`,
];

/** The whole table, whatever it was before. */
export const wholeBundle = (ports: GuardedPorts): readonly string[] => [
  'delete',
  ...[...commonRules, ...[...ports.values()].flatMap(rulesOf)].map(added),
];

const isSame = (a: GuardedPort, b: GuardedPort): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Only what differs; empty when nothing does. All deletions stand first: a number may pass from one interface to another. */
export const changeBundle = (from: GuardedPorts, to: GuardedPorts): readonly string[] => {
  const gone = [...from.values()].filter(port => !to.has(port.vifId));
  const fresh = [...to.values()].filter(port => {
    const before = from.get(port.vifId);
    return before === undefined || !isSame(before, port);
  });
  const replaced = fresh.flatMap(({ vifId }) => from.get(vifId) ?? []);
  return [...[...gone, ...replaced, ...fresh].flatMap(removed), ...fresh.flatMap(rulesOf).map(added)];
};
