// `apply -f FILE`: the pool becomes as the file declares. The file is checked, then compared with the pool; every error of both is told
// before anything is changed. `--dry-run` stops there and prints what would be done. What the file does not name stays as it is.

import { readFile } from 'node:fs/promises';
import type { Session } from '../../../client/session.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, UsageError } from '../../exit.ts';
import { exitCodes, SilentOutcome } from '../../exit-codes.ts';
import type { TypedRecord } from '../../records/typed.ts';
import { planBonds } from './bonds.ts';
import { checkFile } from './check.ts';
import { type Problem, problemText, readDocument } from './document.ts';
import { planNetworks } from './networks.ts';
import { doingWith, type Outcome, perform } from './perform.ts';
import { type Change, phases, type Planning, type Step } from './plan.ts';
import { type PoolFile, poolSchema } from './schema.ts';
import { planSrs } from './srs.ts';
import { classesFor, readState } from './state.ts';
import { planVlans } from './vlans.ts';
import { planVms } from './vms.ts';

export const apply: Handler = async context => {
  const { args } = context;
  const name = args.get('f') ?? args.get('filename');
  if (name === undefined) throw new UsageError('Say which file: apply -f FILE, or -f - for what is typed in');
  const file = name === '-' ? 'stdin' : name;
  const read = await readDocument(name === '-' ? await context.io.readAll() : await textOf(name));
  if (read.kind === 'wrong') return refuse(context, file, read.problems);
  const checked = checkFile(read.root, poolSchema);
  if (checked.kind === 'wrong') return refuse(context, file, checked.problems);
  const session = await context.session();
  const planning = await planFor(session, checked.value);
  if (planning.problems.length > 0) return refuse(context, file, planning.problems);
  return args.bool('dry-run') ? show(context, planning) : await carryOut(context, session, planning);
};

const textOf = async (name: string): Promise<string> => {
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    throw new CommandError(`Cannot read ${name}`, { cause: error });
  }
};

const refuse = (context: Context, file: string, problems: readonly Problem[]): never => {
  const byPlace = problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  context.io.stderr.write([...new Set(byPlace.map(problem => `${problemText(file, problem)}\n`)), 'Nothing was changed.\n'].join(''));
  throw new SilentOutcome('usage');
};

const planFor = async (session: Session, file: PoolFile): Promise<Planning> => {
  const { networks = [], bonds = [], vlans = [], srs = [], vms = [] } = file;
  const sections = { network: networks.length + bonds.length + vlans.length > 0, storage: srs.length > 0, vms: vms.length > 0 };
  const state = await readState(session, classesFor(sections));
  const planning: Planning = { state, steps: [], problems: [], unchanged: 0, coming: { network: new Set(), SR: new Set() } };
  planNetworks(planning, networks);
  planVlans(planning, vlans, planBonds(planning, bonds));
  await planSrs(planning, srs);
  planVms(planning, vms);
  return planning;
};

const signs = { create: '+', change: '~' } as const;

const stepText = ({ action, phase, name, changes }: Step): string =>
  [`${signs[action]} ${phase} ${name}`, ...changes.map(each => `    ${signOf(each)} ${changeText(each)}`)].join('\n');

const signOf = ({ from }: Change): string => (from === undefined ? '+' : '~');

const changeText = ({ field, from, to }: Change): string => `${field}: ${from === undefined ? '' : `${from} -> `}${to}`;

const typedStep = ({ action, phase, name, changes }: Step): TypedRecord => ({
  action,
  kind: phase.toLowerCase(),
  name,
  changes: changes.map(({ field, from, to }) => ({ field, from: from ?? null, to })),
});

const counted = (count: number, what: string): string => `${count} ${what}`;

const summary = ({ steps, unchanged }: Planning): string => {
  const count = (action: Step['action']): number => steps.filter(step => step.action === action).length;
  return [counted(count('create'), 'to create'), counted(count('change'), 'to change'), counted(unchanged, 'as declared')].join(', ');
};

const show = ({ out }: Context, planning: Planning): number => {
  if (out.typed !== undefined) {
    out.typed(inOrder(planning.steps).map(typedStep), 'many');
    return EXIT_OK;
  }
  if (out.isMinimal) out.lines(inOrder(planning.steps).map(({ phase, name }) => `${phase} ${name}`));
  else out.lines([...inOrder(planning.steps).map(stepText), `${summary(planning)}.`]);
  return EXIT_OK;
};

/** As they will be done. */
const inOrder = (steps: readonly Step[]): readonly Step[] => phases.flatMap(phase => steps.filter(step => step.phase === phase));

const carryOut = async (context: Context, session: Session, planning: Planning): Promise<number> => {
  const { io, out } = context;
  const stopping = new AbortController();
  const stop = io.onInterrupt(() => {
    stopping.abort();
    io.stderr.write('\nStopping: what has begun is finished. Apply the file again to go on.\n');
  });
  const known = (['network', 'SR'] as const).flatMap(cls =>
    planning.state.all(cls).flatMap(([ref, { name_label: name, uuid }]): readonly (readonly [string, string])[] => [
      [`${cls}/${uuid}`, ref],
      [`${cls}/${name}`, ref],
    ]),
  );
  const said: TypedRecord[] = [];
  const onEnd = async (outcome: Outcome): Promise<void> => {
    if (out.typed !== undefined) said.push(await typedOutcome(context, outcome));
    else if (outcome.kind === 'failed') io.stderr.write(`${nameOf(outcome.step)}: ${await failure(context, outcome.error)}\n`);
    else if (outcome.kind === 'done') out.lines([out.isMinimal ? nameOf(outcome.step) : stepText(outcome.step)]);
  };
  try {
    const outcomes = await perform(doingWith(session, stopping.signal, new Map(known)), planning.steps, onEnd);
    out.typed?.(said, 'many');
    return ended(context, planning, outcomes);
  } finally {
    stop();
  }
};

const nameOf = ({ phase, name }: Step): string => `${phase} ${name}`;

const failure = async (context: Context, error: unknown): Promise<string> => {
  const { failureText } = await import('../../render/failure.ts');
  return (await failureText(error, context)).replaceAll('\n', '; ');
};

const typedOutcome = async (context: Context, outcome: Outcome): Promise<TypedRecord> => ({
  ...typedStep(outcome.step),
  outcome: outcome.kind,
  error: outcome.kind === 'failed' ? await failure(context, outcome.error) : null,
});

const ended = ({ out, own, io }: Context, planning: Planning, outcomes: readonly Outcome[]): number => {
  const count = (kind: Outcome['kind']): number => outcomes.filter(each => each.kind === kind).length;
  const [done, failed, skipped] = [count('done'), count('failed'), count('skipped')];
  if (failed + skipped === 0) {
    if (out.typed === undefined && !out.isMinimal) out.lines([`${counted(done, 'done')}, ${counted(planning.unchanged, 'as declared')}.`]);
    return EXIT_OK;
  }
  io.stderr.write(
    `${counted(done, 'done')}, ${counted(failed, 'failed')}, ${counted(skipped, 'not begun')}. Apply the file again to go on.\n`,
  );
  if (own?.fineExit !== true) return EXIT_FAILED;
  if (failed === 0) return exitCodes.cancelled.code;
  return done > 0 ? exitCodes.partial.code : exitCodes.failed.code;
};
