// What the operating system said: the code of an error of node's file and process calls.

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

/** No such file, directory or process. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes(String(codeOf(error)));
export const isExisting = (error: unknown): boolean => codeOf(error) === 'EEXIST';
export const isNotEmpty = (error: unknown): boolean => codeOf(error) === 'ENOTEMPTY';
