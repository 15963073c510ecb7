// The form of the examples: lines to type, each with what it does. They are read by help and by the generators of pages alone.

/** What follows the name of the command, and in few words what the line does. With `xcp ` in it, the text is the whole line. */
export type Example = readonly [words: string, does: string];

/** By command. */
export type Examples = Readonly<Record<string, readonly Example[]>>;
