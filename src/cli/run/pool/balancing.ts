// What workload balancing recommends.

import type { Context, Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';
import type { Rows } from '../../printer.ts';
import { Objects } from '../../records/objects.ts';
import { forEach, select } from '../../selectors.ts';
import type { Ref } from '../../../lib/brand.ts';

type Recommendations = Readonly<Record<string, readonly string[]>>;

export const poolRecommendations: Handler = async context => {
  const session = await context.session();
  const found = await session.call('pool.retrieve_wlb_recommendations', {});
  context.out.table([[['VM', 'Host, OptGrpID, RecID, Reason'], ...(await rowsOf(context, 'VM', found, uuidFirst))]]);
};

export const evacuation: Handler = async context => {
  const session = await context.session();
  const self = await byUuid(session, 'host', context.args.text('uuid'));
  const found = await session.call('host.retrieve_wlb_evacuate_recommendations', { self });
  context.out.table([[['VM', '[Host, RecID] / Error'], ...(await rowsOf(context, 'VM', found, uuidFirst))]]);
};

export const vmRecommendations: Handler = async context =>
  await forEach(context, await select(context), async item => {
    const session = await context.session();
    const found = await session.call('VM.retrieve_wlb_recommendations', { vm: item.ref as Ref<'VM'> });
    context.out.table([[['Host(Uuid)', 'Stars, RecID, ZeroScoreReason'], ...(await rowsOf(context, 'host', found, nameFirst))]]);
  });

const uuidFirst = (uuid: string, name: string): string => `${uuid} (${name})`;
const nameFirst = (uuid: string, name: string): string => `${name}(${uuid})`;

const rowsOf = async (
  context: Context,
  cls: 'VM' | 'host',
  found: Recommendations,
  label: (uuid: string, name: string) => string,
): Promise<Rows> => {
  const objects = new Objects(await context.session());
  return await Promise.all(
    Object.entries(found).map(async ([ref, words]): Promise<readonly [string, string]> => {
      const record = await objects.record(cls, ref);
      return [record === undefined ? ref : label(String(record['uuid']), String(record['name_label'])), words.join(' ')];
    }),
  );
};
