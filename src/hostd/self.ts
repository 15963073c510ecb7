// How this very program is started again: the executable by itself, the source on the runtime that it runs on.

/** The words before the arguments. */
export const selfCommand = (): readonly string[] => {
  const [, script = ''] = process.argv;
  // Of the executable, the script is a path inside it.
  if (script.startsWith('/$bunfs/') || script === '') return [process.execPath];
  return [process.execPath, ...process.execArgv, script];
};
