// `sr-create`. A device-config key that ends in `-filename` gets the content of a file here.

import { readFile } from 'node:fs/promises';
import type { Args } from '../../args.ts';
import type { Handler } from '../../context.ts';
import { SilentFailure } from '../../exit.ts';
import { byUuid, thisHost, uuidOf } from '../../lookup.ts';

const FILE_SUFFIX = '-filename';

export const create: Handler = async context => {
  const { args, out } = context;
  const session = await context.session();
  const hostUuid = args.get('host-uuid');
  const shared = args.bool('shared');
  const sr = await session.call('SR.create', {
    host: hostUuid === undefined ? await thisHost(session) : await byUuid(session, 'host', hostUuid),
    device_config: await deviceConfig(args, text => context.io.stderr.write(text)),
    physical_size: physicalSize(args.get('physical-size')),
    name_label: args.text('name-label'),
    name_description: args.get('name-description') ?? '',
    type: args.text('type'),
    content_type: args.get('content-type') ?? '',
    shared,
    sm_config: args.map('sm-config'),
  });
  out.direct(`${await uuidOf(session, 'SR', sr)}\n`);
};

/** Drivers find the size out themselves; what is no number counts as none. */
const physicalSize = (text: string | undefined): number => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0);

export const deviceConfig = async (args: Args, warn: (text: string) => void): Promise<Readonly<Record<string, string>>> => {
  const entries = await Promise.all(
    Object.entries(args.map('device-config')).map(async ([key, value]): Promise<readonly [string, string]> => {
      if (!key.endsWith(FILE_SUFFIX)) return [key, value];
      try {
        return [key.slice(0, -FILE_SUFFIX.length), await readFile(value, 'utf8')];
      } catch (error) {
        warn(`Failed to read ${value}\n`);
        throw new SilentFailure(key, { cause: error });
      }
    }),
  );
  return Object.fromEntries(entries);
};
