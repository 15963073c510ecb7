// What can be wrong with a store. The messages are for the admin: they name the file and what to do.

export type StoreErrorKind =
  /** Another process has it. */
  | 'locked'
  /** It is damaged, or no database at all. */
  | 'corrupt'
  /** No right to it, no space, no such directory. */
  | 'unusable'
  /** It was written by a later version. */
  | 'version'
  /** A write failed: the disk is full or broken. The transaction did not happen. */
  | 'write'
  | 'closed';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}
