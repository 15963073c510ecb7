// The bar of `progress=true`: one line of 80 columns, written over at each step, then the whole time. Any terminal can show it.

import type { TaskProgress } from '../../client/tasks.ts';

const WIDTH = 80;
const SPINNER = '|/-\\';

export interface LineMeter {
  show(progress: TaskProgress): void;
  end(): void;
}

export const lineMeter = (write: (text: string) => unknown, now: () => number = () => performance.now()): LineMeter => {
  const startedAtMs = now();
  let steps = 0;
  let shown = -1;
  return {
    show: ({ fraction }) => {
      const percent = Math.floor(fraction * 100);
      if (percent === shown) return;
      shown = percent;
      const elapsedMs = now() - startedAtMs;
      write(`\r${meterLine(fraction, fraction > 0 ? (elapsedMs / fraction - elapsedMs) / 1000 : 0, steps)}`);
      steps += 1;
    },
    end: () => {
      write(`\nTotal time: ${clock((now() - startedAtMs) / 1000)}\n`);
    },
  };
};

export const meterLine = (fraction: number, secondsLeft: number, step: number): string => {
  const share = Math.min(1, Math.max(0, fraction));
  const tail = ` (${String(Math.floor(share * 100)).padStart(3)}% ETA ${clock(secondsLeft)})`;
  const room = WIDTH - `[c] `.length - tail.length;
  const filled = Math.floor(room * share);
  const bar = filled === 0 ? '' : `${'#'.repeat(filled - 1)}>`;
  return `[${SPINNER[step % SPINNER.length] ?? '|'}] ${bar.padEnd(room)}${tail}`;
};

const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  return [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60].map(part => String(part).padStart(2, '0')).join(':');
};
