// `sr-probe` and `sr-probe-ext`: what storage there is.

import type { Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { byUuid, thisHost } from '../../lookup.ts';
import type { Rows } from '../../printer.ts';

const hostOf = async (context: Context): Promise<Ref<'host'>> => {
  const session = await context.session();
  const uuid = context.args.get('host-uuid');
  return uuid === undefined ? await thisHost(session) : await byUuid(session, 'host', uuid);
};

export const probe: Handler = async context => {
  const { args } = context;
  const session = await context.session();
  const found = await session.call('SR.probe', {
    host: await hostOf(context),
    device_config: args.map('device-config'),
    type: args.text('type'),
    sm_config: args.map('sm-config'),
  });
  context.out.lines([unwrapped(found)]);
};

/** Some drivers wrap their text as an XML-RPC value. */
const unwrapped = (text: string): string => {
  const inner = /^\s*<value>(?:<string>)?([\s\S]*?)(?:<\/string>)?<\/value>\s*$/.exec(text)?.[1];
  return inner === undefined
    ? text
    : inner.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
};

export const probeExt: Handler = async context => {
  const { args, out } = context;
  const session = await context.session();
  const results = await session.call('SR.probe_ext', {
    host: await hostOf(context),
    device_config: args.map('device-config'),
    type: args.text('type'),
    sm_config: args.map('sm-config'),
  });
  const found = results.filter(result => result.sr !== undefined && result.sr !== null);
  if (found.length > 0) {
    out.note('The following SRs were found:');
    out.table(found.map(result => [...pairs(Object(result.sr)), ...pairs(result.configuration)]));
  }
  const complete = results.filter(result => result.complete && !found.includes(result));
  if (complete.length > 0) {
    out.note('SRs can be created with the following configurations:');
    out.table(complete.map(result => pairs(result.configuration)));
  }
  const incomplete = results.filter(result => !result.complete);
  if (incomplete.length > 0) {
    out.note('The following configurations are incomplete: probe again with one of them.');
    out.table(incomplete.map(result => pairs(result.configuration)));
  }
};

const pairs = (record: Readonly<Record<string, unknown>>): Rows => Object.entries(record).map(([key, value]) => [key, String(value)]);
