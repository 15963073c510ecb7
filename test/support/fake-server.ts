// A XenAPI server of records alone, as a transport: it answers reads, refuses the rest. For tests of the client and the command line.

import { XenError } from '../../src/model/error.ts';
import type { RpcRequest, Transport } from '../../src/client/transport.ts';

export type Records = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

export interface FakeOptions {
  /** Answers before the records are asked; undefined: not its business. */
  readonly answer?: (request: RpcRequest) => unknown;
  readonly userName?: string;
  readonly password?: string;
}

const logins: ReadonlySet<string> = new Set(['session.login_with_password', 'session.slave_local_login_with_password']);

export class FakeServer implements Transport {
  readonly requests: RpcRequest[] = [];
  readonly #records: Records;
  readonly #options: FakeOptions;

  constructor(records: Records, options: FakeOptions = {}) {
    this.#records = records;
    this.#options = options;
  }

  async request(request: RpcRequest): Promise<unknown> {
    this.requests.push(request);
    const [cls = '', message = ''] = request.method.split('.');
    if (logins.has(request.method)) return this.#login(request.params);
    const special = this.#options.answer?.(request);
    if (special !== undefined) return special;
    if (request.method === 'event.from') return this.#events(request.params[1]);
    if (cls === 'session') return '';
    return this.#read(cls, message, request.params.slice(1));
  }

  close(): void {
    // Nothing is open.
  }

  #login([user, password]: readonly unknown[]): string {
    if (this.#options.password !== undefined && (password !== this.#options.password || user !== this.#options.userName)) {
      throw new XenError('SESSION_AUTHENTICATION_FAILED', [String(user), 'wrong']);
    }
    return 'OpaqueRef:session';
  }

  /** Everything there is, as new. */
  #events(classes: unknown): unknown {
    const wanted = Array.isArray(classes) ? classes.map(String) : [];
    const events = Object.entries(this.#records)
      .filter(([cls]) => wanted.includes(cls.toLowerCase()))
      .flatMap(([cls, records]) =>
        Object.entries(records).map(([ref, snapshot]) => ({ id: 1, class: cls.toLowerCase(), operation: 'add', ref, snapshot })),
      );
    return { events, valid_ref_counts: {}, token: '1' };
  }

  #read(cls: string, message: string, params: readonly unknown[]): unknown {
    const records = this.#records[cls] ?? {};
    const [first] = params;
    if (message === 'get_all') return Object.keys(records);
    if (message === 'get_all_records') return records;
    if (message === 'get_all_records_where') return this.#where(records, String(first));
    if (message === 'get_by_uuid') {
      const found = Object.entries(records).find(([, record]) => record['uuid'] === first);
      if (found === undefined) throw new XenError('UUID_INVALID', [cls, String(first)]);
      return found[0];
    }
    if (message.startsWith('get_')) {
      const record = records[String(first)];
      if (record === undefined) throw new XenError('HANDLE_INVALID', [cls, String(first)]);
      if (message === 'get_record') return record;
      if (message.slice(4) in record) return record[message.slice(4)];
    }
    throw new XenError('MESSAGE_METHOD_UNKNOWN', [`${cls}.${message}`]);
  }

  /** The expressions that the command line makes: conditions in parentheses joined by `and`, or two joined by `or`. */
  #where(records: Readonly<Record<string, Readonly<Record<string, unknown>>>>, expression: string): unknown {
    const conditions = expression.split(/(?<=\)) and (?=\()/);
    const holds = (record: Readonly<Record<string, unknown>>, condition: string): boolean =>
      [...condition.matchAll(/field "(\w+)"="([^"]*)"/g)].some(
        ([, column = '', value]) => String(record[column.replace('__', '_')]) === value,
      );
    return Object.fromEntries(Object.entries(records).filter(([, record]) => conditions.every(condition => holds(record, condition))));
  }
}
