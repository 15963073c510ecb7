// Which file holds the commands of which first word.

import type { CommandGroup } from './row.ts';

export const groups: Readonly<Record<string, () => Promise<CommandGroup>>> = {};

export const loadGroup = async (word: string): Promise<CommandGroup | undefined> => await groups[word]?.();
