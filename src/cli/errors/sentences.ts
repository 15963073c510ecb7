// One sentence for each error code that users meet. Codes that are not here are spelled out.

export const sentences: Readonly<Record<string, string>> = {};
