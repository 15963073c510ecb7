// Flows that run while something is done to the network, and what was lost of them: how long an outage lasted, and when.

import type { Space } from './space.ts';

export interface Outage {
  readonly flow: number;
  /** On the clock of `Date.now()`. */
  readonly startedAt: number;
  readonly lastedMs: number;
}

export interface Loss {
  readonly sent: number;
  readonly lost: number;
  /** Datagrams there and back in a row that did not arrive, as time. */
  readonly worstMs: number;
  readonly outages: readonly Outage[];
  /** Worst outage that began within a span of time. */
  worstBetween(from: number, to: number): number;
}

export interface FlowSpec {
  readonly to: string;
  readonly port?: number;
  readonly flows?: number;
  /** Datagrams a second of each; an outage is measured in steps of its period. */
  readonly hz?: number;
}

interface FlowReport {
  readonly sent: number;
  readonly lost: number;
  readonly outages: readonly (readonly [number, number])[];
}

const lossOf = (reports: readonly FlowReport[]): Loss => {
  const outages = reports.flatMap(({ outages: list }, flow) =>
    list.map(([startedAt, lastedMs]): Outage => ({ flow, startedAt, lastedMs })),
  );
  const worst = (some: readonly Outage[]): number => Math.max(0, ...some.map(({ lastedMs }) => lastedMs));
  return {
    sent: reports.reduce((sum, { sent }) => sum + sent, 0),
    lost: reports.reduce((sum, { lost }) => sum + lost, 0),
    worstMs: worst(outages),
    outages,
    worstBetween: (from, to) => worst(outages.filter(({ startedAt }) => startedAt >= from && startedAt <= to)),
  };
};

export interface Flows {
  /** Waits for what is still on its way, a second, and tells. */
  stop(): Promise<Loss>;
}

/** Starts flows to whoever echoes at `to`. */
export const startFlows = async (from: Space, { to, port = 7, flows = 8, hz = 250 }: FlowSpec): Promise<Flows> => {
  const tool = await from.startFrames(['flows', to, String(port), String(hz), String(flows)]);
  return { stop: async () => lossOf(JSON.parse(await tool.stop()) as readonly FlowReport[]) };
};

/** In words, for the table that a lab prints. */
export const lossText = ({ sent, lost, worstMs, outages }: Loss): string =>
  `worst outage ${worstMs} ms, ${new Set(outages.map(({ flow }) => flow)).size} flows hit, ${lost} of ${sent} lost`;
