// The question before something is lost.

import type { Context } from './context.ts';

/** True if the user typed `yes`, or forced it. */
export const confirmed = async (context: Context): Promise<boolean> => {
  if (context.args.bool('force')) return true;
  context.out.direct("Type 'yes' to continue\n");
  const typed = await context.io.readLine();
  if (typed.trim().toLowerCase() === 'yes') return true;
  context.out.direct(`Aborted (you typed: '${typed}')\n`);
  return false;
};
