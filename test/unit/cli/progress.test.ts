// The line of the progress bar.

import { expect, test } from '@jest/globals';
import { durationText, progressBar, progressLine, sizeText } from '../../../src/cli/render/progress.ts';

const progress = { fraction: 0.25, phase: 'copying', doneBytes: 2 ** 30, totalBytes: 2 ** 32 };

test('phase, share, bytes, rate and time left', () => {
  const line = progressLine('Moving web01', progress, { bytesPerSecond: 2 ** 28, elapsedMs: 4000 }, 200);
  expect(line).toBe(`Moving web01: copying  ${'█'.repeat(6)}${'░'.repeat(18)}  25%  1.0 GiB of 4.0 GiB  256 MiB/s  12 s left`);
});

test('what does not fit is left out, from the right', () => {
  expect(progressLine('Moving web01', progress, { bytesPerSecond: 2 ** 28, elapsedMs: 4000 }, 60).length).toBeLessThanOrEqual(60);
});

test('each phase has a rate of its own', () => {
  let nowMs = 0;
  const written: string[] = [];
  const stream = { write: (text: string | Uint8Array) => written.push(String(text)) > 0, isTTY: true, columns: 120 };
  const bar = progressBar('Moving', stream, false, () => nowMs);
  const show = (phase: string, doneBytes: number) => {
    bar.show({ fraction: 0.1, phase, doneBytes, totalBytes: 2 ** 30 });
    nowMs += 1000;
  };
  show('one', 0);
  show('one', 2 ** 20);
  show('two', 0);
  bar.end();
  expect(written[1]).toContain('1.0 MiB/s');
  expect(written[2]).not.toContain('/s');
});

test('the line fits beside the spinner, and is erased at the end', () => {
  const written: string[] = [];
  const stream = { write: (text: string | Uint8Array) => written.push(String(text)) > 0, isTTY: true, columns: 60 };
  const bar = progressBar('Moving web01', stream, false);
  bar.show(progress);
  bar.end();
  const [line = '', last] = written.map(text => text.replaceAll('\r\u001b[2K', ''));
  expect(line).toMatch(/^\S Moving web01: copying {2}█/);
  expect(line.length).toBeLessThan(60);
  expect(last).toBe('');
});

test('sizes and durations', () => {
  expect([sizeText(0), sizeText(1023), sizeText(1536), sizeText(150 * 2 ** 20)]).toEqual(['0 B', '1023 B', '1.5 KiB', '150 MiB']);
  expect([durationText(5), durationText(65), durationText(7260)]).toEqual(['5 s', '1 min 5 s', '2 h 1 min']);
});
