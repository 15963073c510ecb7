// Files at addresses that callers name: http and https, certificates checked by this machine's authorities. Errors name the address without what
// is secret in it.

import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { XenError } from '../model/error.ts';

const MAX_REDIRECTS = 3;
const CONNECT_TIMEOUT_MS = 30_000;

const failed = (url: URL, reason: string, cause?: unknown): XenError =>
  new XenError('IMPORT_ERROR', [`${url.origin}${url.pathname}: ${reason}`], { cause });

const parsed = (text: string, base?: URL): URL => {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new XenError('INVALID_VALUE', ['url', 'it does not begin with http:// or https://']);
  return url;
};

const answerOf = (url: URL, signal: AbortSignal): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? getTls : getPlain)(url, { signal, headers: { 'user-agent': 'xcp' } }, resolve);
  request.setTimeout(CONNECT_TIMEOUT_MS, () => request.destroy(new Error('no answer in time')));
  request.once('error', error => reject(signal.aborted ? signal.reason : failed(url, error.message, error)));
  return promise;
};

/** What the address has. Rejects with XenError, or the signal's reason. */
export const openUrl = async (text: string, { signal }: { readonly signal: AbortSignal }): Promise<AsyncIterable<Uint8Array>> => {
  let url = parsed(text);
  for (let hops = 0; ; hops += 1) {
    const answer = await answerOf(url, signal);
    const { statusCode = 0, statusMessage = '', headers } = answer;
    if (statusCode === 200) return answer;
    answer.destroy();
    const isMoved = [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined;
    if (!isMoved || hops >= MAX_REDIRECTS) throw failed(url, `the server answers ${statusCode} ${statusMessage}`);
    url = parsed(headers.location ?? '', url);
  }
};
