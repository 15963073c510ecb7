// Several VLAN tags in one parameter: `100-599`, `7,9,100-120`.

import { CommandError } from '../../exit.ts';

const maxTag = 4_094;

/** Whether the text is more than one whole number. */
export const isSeveral = (text: string): boolean => /[,\d]\s*[-,]/.test(text);

const rangeOf = (part: string): readonly number[] => {
  const [, first, last = first] = /^\s*(\d{1,4})(?:\s*-\s*(\d{1,4}))?\s*$/.exec(part) ?? [];
  if (first === undefined || last === undefined)
    throw new CommandError(`Failed to parse parameter 'vlan': '${part}' is neither a tag nor a range such as 100-599`);
  const [from, to] = [Number(first), Number(last)];
  if (to < from) throw new CommandError(`Failed to parse parameter 'vlan': the range ${part} ends before it begins`);
  if (to > maxTag) throw new CommandError(`Failed to parse parameter 'vlan': ${to} is above ${maxTag}, the highest tag there is`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
};

/** In the order given, each once. */
export const parseTags = (text: string): readonly number[] => [...new Set(text.split(',').flatMap(rangeOf))];
