// The progress that `xe` prints when it is asked for it: a line per event.

import type { ProgressBar } from './progress.ts';

const SPINNER = '|/-\\';
const WIDTH = 70;

export const ticker = (write: (text: string) => void): ProgressBar => {
  let count = 0;
  return {
    show: ({ fraction }) => {
      const percent = String(Math.floor(fraction * 100)).padStart(3);
      write(`\r${percent}% ${SPINNER[count % SPINNER.length] ?? ''} ${'#'.repeat(Math.floor(WIDTH * fraction))}\n`);
      count += 1;
    },
    end: () => undefined,
  };
};
