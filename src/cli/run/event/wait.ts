// `event-wait`: returns when an object of a class is as its parameters say. `field=value` waits until it is so, `field=/=value` until it
// is not.

import { events } from '../../../client/events.ts';
import type { Session } from '../../../client/session.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { cliClasses, isCliClass, loadRecord } from '../../records/classes.ts';
import { applyFilters, type Filter } from '../../records/filter.ts';
import { Objects } from '../../records/objects.ts';
import { fieldsOf, type RecordSpec } from '../../records/spec.ts';
import { standardParams } from '../../selectors.ts';

interface Condition {
  readonly filter: Filter;
  readonly negated: boolean;
}

const NEGATION = '/=';

export const wait: Handler = async context => {
  const name = context.args.text('class');
  if (!isCliClass(name)) throw new CommandError(`Cli listening for class '${name}' not currently implemented`);
  const cls = cliClasses[name];
  const spec = await loadRecord(cls.record);
  const session = await context.session();
  const conditions = conditionsOf(context);
  for await (const batch of events(session, [cls.api.toLowerCase()])) {
    for (const event of batch.events) {
      if (event.snapshot !== undefined && (await holds(session, spec, event.ref, event.snapshot, conditions))) return;
    }
  }
};

const conditionsOf = ({ args }: Context): readonly Condition[] =>
  args.list
    .filter(([key]) => key !== 'class' && !standardParams.has(key))
    .map(([key, value]) => {
      const negated = value.startsWith(NEGATION);
      return { filter: [key, negated ? value.slice(NEGATION.length) : value], negated };
    });

/** What an object refers to is looked up anew for each event: it may have changed too. */
const holds = async (
  session: Session,
  spec: RecordSpec,
  ref: string,
  record: Readonly<Record<string, unknown>>,
  conditions: readonly Condition[],
): Promise<boolean> => {
  const subject = { spec, ref, record, objects: new Objects(session), session };
  const fields = fieldsOf(spec);
  for (const { filter, negated } of conditions) {
    const matches = (await applyFilters([filter], fields, [subject])).length > 0;
    if (matches === negated) return false;
  }
  return true;
};
