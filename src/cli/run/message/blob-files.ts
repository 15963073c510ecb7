// The content of blobs.

import type { Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';
import { fetchFile, sendFile } from '../../transfer.ts';

export const get: Handler = async context => {
  const ref = await byUuid(await context.session(), 'blob', context.args.text('uuid'));
  await fetchFile(context, { path: '/blob', query: { ref }, title: 'Saving the blob' }, context.args.text('filename'));
  context.out.lines(['Blob get succeeded']);
};

export const put: Handler = async context => {
  const ref = await byUuid(await context.session(), 'blob', context.args.text('uuid'));
  await sendFile(context, { path: '/blob', query: { ref }, title: 'Filling the blob' }, context.args.text('filename'));
  context.out.lines(['Blob put succeeded']);
};
