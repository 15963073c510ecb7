// What every text codec throws for input that breaks its grammar.

/** `offset` is the place in the decoded text, where one is known. The message is fit for the sender: it holds no more than a few characters of the input. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly offset: number | undefined;
  constructor(message: string, offset?: number, options?: ErrorOptions) {
    super(offset === undefined ? message : `${message} (at character ${offset})`, options);
    this.offset = offset;
  }
}

/** Bytes as UTF-8 text, a byte order mark dropped. Throws ProtocolError. */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ProtocolError('the text is not UTF-8', undefined, { cause: error });
  }
};
