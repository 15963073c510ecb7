// One line on a terminal while a task runs: phase, share, bytes, rate, time left. It is drawn when the server says something new; in
// between only the spinner turns, so that one sees that the command is alive. It is gone when the task is over.

import { Chalk } from 'chalk';
import { spinners } from 'ora';
import type { TaskProgress } from '../../client/tasks.ts';
import type { OutputStream } from '../io.ts';

const BAR_WIDTH = 24;
/** The spinner and the blank behind it. */
const SPINNER_WIDTH = 2;
const ERASE_LINE = '\r\u001b[2K';
/** Weight of the newest rate in the average that is shown. */
const SMOOTHING = 0.3;
/** Of terminals that do not know their width. */
const DEFAULT_COLUMNS = 80;

export interface ProgressBar {
  readonly show: (progress: TaskProgress) => void;
  readonly end: () => void;
}

interface Sample {
  readonly atMs: number;
  readonly doneBytes: number;
}

export const progressBar = (
  title: string,
  stream: OutputStream,
  colour: boolean,
  now: () => number = () => performance.now(),
): ProgressBar => {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const paint = (line: string): string => line.replace(/[█░]+/, bar => chalk.cyan(bar));
  const { frames, interval } = spinners.dots;
  const startedAtMs = now();
  let shown: string | undefined;
  let turn = 0;
  const draw = (line: string): void => {
    stream.write(`${ERASE_LINE}${chalk.cyan(frames[turn % frames.length] ?? '')} ${paint(line)}`);
  };
  const spinner = setInterval(() => {
    turn += 1;
    if (shown !== undefined) draw(shown);
  }, interval);
  spinner.unref();
  let last: Sample | undefined;
  let bytesPerSecond: number | undefined;
  let phase: string | undefined;
  const rate = (progress: TaskProgress): number | undefined => {
    const { doneBytes } = progress;
    // Each phase counts its own bytes.
    if (progress.phase !== phase) {
      last = undefined;
      bytesPerSecond = undefined;
    }
    phase = progress.phase;
    if (doneBytes === undefined) return undefined;
    const atMs = now();
    if (last !== undefined && atMs > last.atMs && doneBytes >= last.doneBytes) {
      const current = ((doneBytes - last.doneBytes) * 1000) / (atMs - last.atMs);
      bytesPerSecond = bytesPerSecond === undefined ? current : SMOOTHING * current + (1 - SMOOTHING) * bytesPerSecond;
    }
    last = { atMs, doneBytes };
    return bytesPerSecond;
  };
  return {
    show: progress => {
      const figures = { bytesPerSecond: rate(progress), elapsedMs: now() - startedAtMs };
      shown = progressLine(title, progress, figures, (stream.columns || DEFAULT_COLUMNS) - SPINNER_WIDTH - 1);
      draw(shown);
    },
    end: () => {
      clearInterval(spinner);
      stream.write(ERASE_LINE);
    },
  };
};

export interface ProgressFigures {
  readonly bytesPerSecond: number | undefined;
  readonly elapsedMs: number;
}

/** The line without colours; what does not fit into `width` is left out from the right. */
export const progressLine = (title: string, progress: TaskProgress, figures: ProgressFigures, width: number): string => {
  const share = Math.min(1, Math.max(0, progress.fraction));
  const filled = Math.round(BAR_WIDTH * share);
  const parts = [
    `${title}${progress.phase === undefined ? '' : `: ${progress.phase}`}`,
    `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)}%`,
    ...bytesPart(progress),
    ...(figures.bytesPerSecond === undefined || figures.bytesPerSecond < 1 ? [] : [`${sizeText(figures.bytesPerSecond)}/s`]),
    ...timeLeft(progress, share, figures),
  ];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line;
};

const bytesPart = ({ doneBytes, totalBytes }: TaskProgress): readonly string[] => {
  if (doneBytes === undefined) return [];
  return [totalBytes === undefined ? sizeText(doneBytes) : `${sizeText(doneBytes)} of ${sizeText(totalBytes)}`];
};

const timeLeft = ({ doneBytes, totalBytes }: TaskProgress, share: number, figures: ProgressFigures): readonly string[] => {
  const byRate =
    doneBytes !== undefined && totalBytes !== undefined && figures.bytesPerSecond !== undefined && figures.bytesPerSecond > 0
      ? (totalBytes - doneBytes) / figures.bytesPerSecond
      : undefined;
  const byShare = share > 0.02 && share < 1 ? (figures.elapsedMs / 1000) * (1 / share - 1) : undefined;
  const seconds = byRate ?? byShare;
  return seconds === undefined ? [] : [`${durationText(seconds)} left`];
};

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export const sizeText = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power] ?? 'B'}`;
};

export const durationText = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
};
