// A connected socket as the client needs it: bytes out, bytes in, an end. What it is made of is nobody's business.

export interface StreamListener {
  data(bytes: Buffer): void;
  /** The peer sends nothing more. */
  end(): void;
  /** The stream is gone, because of `error` or in good order. */
  closed(error?: unknown): void;
}

export interface ByteStream {
  /** Bytes that the peer does not take at once wait in memory. */
  write(bytes: string | Uint8Array): void;
  /** Closes when all that was written is sent; does not keep the process alive for that. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
  /** From now on this listener hears, and no earlier one. */
  listen(listener: StreamListener): void;
}

/** Hears nothing: for the time before somebody listens. */
export const deaf: StreamListener = { data: () => undefined, end: () => undefined, closed: () => undefined };
