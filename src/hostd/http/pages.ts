// Replies that are no API values: the pages of HTTP errors, in the form clients of this API know, and the page for a browser.

import type { ServerResponse } from 'node:http';

interface Page {
  readonly title: string;
  readonly text: string;
}

const pages: Readonly<Record<number, Page>> = {
  400: { title: 'bad request', text: 'The request could not be read.' },
  401: { title: 'unauthorised', text: 'Please log in first.' },
  403: { title: 'forbidden', text: 'Access to the requested resource is forbidden.' },
  404: { title: 'not found', text: 'There is nothing of this name here.' },
  405: { title: 'method not allowed', text: 'This address does not take that method.' },
  408: { title: 'request timeout', text: 'The request did not arrive in time.' },
  413: { title: 'request entity too large', text: 'The request is larger than this server takes.' },
  500: { title: 'internal server error', text: 'The request could not be understood.' },
  503: { title: 'service unavailable', text: 'This server has too much to do, or is stopping; try again later.' },
};

/** Ends the reply and the connection. `detail` is for people and must be fit for strangers. */
export const sendPage = (response: ServerResponse, status: number, detail?: string): void => {
  const page = pages[status] ?? { title: 'error', text: '' };
  const more = detail === undefined ? '' : `<h1> Additional information </h1>${escapeHtml(detail)}`;
  const body = Buffer.from(`<html><body><h1>HTTP ${status} ${page.title}</h1>${page.text}${more}</body></html>`);
  response.writeHead(status, {
    'content-length': String(body.length),
    'content-type': 'text/html',
    connection: 'close',
    'cache-control': 'no-cache, no-store',
  });
  response.end(body);
};

export const sendWelcome = (response: ServerResponse): void => {
  const body = Buffer.from(
    '<!doctype html><html lang="en"><title>xcp</title><body><h1>xcp</h1><p>This host serves the XenAPI: XML-RPC at <code>/</code>, ' +
      'JSON-RPC at <code>/jsonrpc</code>. Use the <code>xcp</code> command or any XenAPI client.</p></body></html>',
  );
  response.writeHead(200, {
    'content-length': String(body.length),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache, no-store',
  });
  response.end(body);
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '&apos;');
