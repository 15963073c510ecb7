// How many places a text takes on a terminal, and the text cut to some.

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** Places on the terminal. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const char of text) if (!/\p{M}/u.test(char)) width += WIDE.test(char) ? 2 : 1;
  return width;
};

export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const char of text) {
    if (widthOf(kept + char) > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
};
