// `explain CODE`: what an error means. `explain UUID`: what became of a task.

import { errors } from '../../../model/errors/table.ts';
import type { Context, Handler } from '../../context.ts';
import { OutcomeError } from '../../exit-codes.ts';
import { UsageError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';
import { asRecord } from '../../records/objects.ts';
import { XenError } from '../../../model/error.ts';
import { sentences } from '../../errors/sentences.ts';
import { exitCodes, outcomeOf } from '../../exit-codes.ts';
import { failureText } from '../../render/failure.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const explain: Handler = async context => {
  const [wanted] = context.args.list.map(([key]) => key).filter(key => !['username', 'password', 'minimal'].includes(key));
  if (wanted === undefined) throw new UsageError('Say what to explain: explain ERROR_CODE or explain TASK-UUID');
  if (UUID.test(wanted)) await explainTask(context, wanted);
  else explainCode(context, wanted.toUpperCase());
};

const explainCode = (context: Context, code: string): void => {
  const row = errors.get(code);
  if (row === undefined) {
    const near = [...errors.keys()].filter(each => each.includes(code)).slice(0, MAX_NEAR);
    throw new OutcomeError('notFound', `There is no error ${code}.${near.length === 0 ? '' : ` Perhaps: ${near.join(', ')}`}`);
  }
  const outcome = exitCodes[outcomeOf(new XenError(code, []))];
  context.out.table([
    [
      ['error', code],
      ['meaning', sentences[code] ?? row.code],
      ['parameters', row.params.join(', ')],
      ['exit-code', `${outcome.code} (${outcome.meaning})`],
    ],
  ]);
};

const MAX_NEAR = 8;

const explainTask = async (context: Context, uuid: string): Promise<void> => {
  const session = await context.session();
  const task = await byUuid(session, 'task', uuid);
  const record = asRecord(await session.raw('task.get_record', [task])) ?? {};
  const [code = '', ...params] = (Array.isArray(record['error_info']) ? record['error_info'] : []).map(String);
  const phase = asRecord(record['other_config'])?.['xcp_phase'];
  context.out.table([
    [
      ['task', String(record['name_label'])],
      ['status', `${String(record['status'])}, ${(Number(record['progress']) * PERCENT).toFixed(0)} %`],
      ...(typeof phase === 'string' ? ([['phase', phase]] as const) : []),
      ['created', String(record['created'])],
      ...(record['status'] === 'pending' ? [] : ([['finished', String(record['finished'])]] as const)),
      ...(code === '' ? [] : ([['why', (await failureText(new XenError(code, params), context)).replaceAll('\n', '; ')]] as const)),
      ...(code === '' ? [] : ([['error', [code, ...params].join(' ')]] as const)),
    ],
  ]);
};

const PERCENT = 100;
