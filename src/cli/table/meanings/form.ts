// The form of the meanings: a sentence for each parameter. They are read by help and by the generators of pages, never by a command that runs.

/** By parameter, as a row writes it but for the `:` or `-` at its end. */
export type Meanings = Readonly<Record<string, string>>;

export interface Topic {
  /** In every command that has the parameter, unless it is told otherwise below. */
  readonly params: Meanings;
  /** By command; several commands with a blank between them. */
  readonly commands: Readonly<Record<string, Meanings>>;
}
