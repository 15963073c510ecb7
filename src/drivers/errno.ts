// What the operating system said: the code of a failed file, process or network call.

/** `ENOENT`, `ENOSPC` …; undefined for an error of another kind. Looks at the shape, since the runtime's own errors may come from another realm. */
export const errnoOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
