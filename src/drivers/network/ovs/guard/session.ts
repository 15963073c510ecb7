// A session with the guard bridge that stands for as long as the switch lives: its end tells at once that all rules are gone.

import { connect, type Socket } from 'node:net';
import { encodeMessage, matchFirstFragments, messageType, OpenFlowSplitter, type OpenFlowMessage } from '../../../../wire/openflow.ts';
import { DriverError } from '../../../hypervisor.ts';

const openTimeoutMs = 5_000;
const transaction = 1;

export class GuardSession {
  readonly #socket: Socket;
  readonly #splitter = new OpenFlowSplitter();
  readonly #ready = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    const fail = (reason: string): void => {
      this.#ready.reject(new DriverError('unreachable', `the guard bridge does not answer: ${reason}`));
      socket.destroy();
    };
    socket.on('data', piece => {
      try {
        for (const message of this.#splitter.push(piece)) this.#take(message, fail);
      } catch (error) {
        fail(String(error));
      }
    });
    socket.on('error', error => fail(error.message));
    socket.on('close', () => {
      fail('the connection is closed');
      this.#closed.resolve();
    });
    socket.on('connect', () => this.#send(messageType.hello));
  }

  /** Resolves when the switch has answered and sees fragments as the rules need it. Rejects with `unreachable`. */
  static async open(path: string): Promise<GuardSession> {
    const session = new GuardSession(connect(path));
    const timer = setTimeout(() => session.#socket.destroy(), openTimeoutMs);
    try {
      await session.#ready.promise;
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the switch, or its guard bridge, is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(type: number, body?: Uint8Array, id = transaction): void {
    this.#socket.write(encodeMessage(type, id, body));
  }

  #take({ type, transaction: id, body }: OpenFlowMessage, fail: (reason: string) => void): void {
    switch (type) {
      case messageType.hello:
        this.#send(messageType.setConfig, matchFirstFragments());
        this.#send(messageType.barrierRequest);
        return;
      case messageType.barrierReply:
        this.#ready.resolve();
        return;
      // The switch drops a session that does not answer.
      case messageType.echoRequest:
        this.#send(messageType.echoReply, body, id);
        return;
      case messageType.error:
        fail(`it refused a message with ${Buffer.from(body).toString('hex')}`);
        return;
      // Whatever else it tells is of no interest here.
      default:
    }
  }
}
