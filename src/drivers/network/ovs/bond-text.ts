// What vswitchd prints of bonds and LACP, as data: pure. The texts are for people, and their words have changed: members were slaves
// before 2.16, indents were tabs, lines come and go. So only what is known is taken, from wherever it stands.

import type { LacpParty } from '../status.ts';

export interface BondText {
  readonly lacp: 'off' | 'configured' | 'negotiated';
  readonly members: ReadonlyMap<string, { readonly enabled: boolean; readonly active: boolean }>;
}

export interface LacpMemberText {
  readonly state: 'current' | 'expired' | 'defaulted';
  readonly attached: boolean;
  readonly actor: LacpParty;
  readonly partner: LacpParty;
}

export interface PduCounts {
  readonly sent: number;
  readonly received: number;
  readonly bad: number;
}

/** A switch of sound mind stays far below. */
const maxLines = 20_000;

const linesOf = (text: string): readonly string[] => text.split('\n', maxLines).map(line => line.trimEnd());

const bondMember = /^\w+ (\S+): (enabled|disabled)$/;
const lacpMember = /^\w+: (\S+): (current|expired|defaulted) (attached|detached)$/;
const statsMember = /^\w+: (\S+):$/;
const indented = /^\s+(.+)$/;

/** Lines of each member, under its name and what stands beside it. Lines before the first member are left out. */
const sections = (text: string, head: RegExp): readonly { readonly head: RegExpExecArray; readonly lines: readonly string[] }[] => {
  const found: { head: RegExpExecArray; lines: string[] }[] = [];
  for (const line of linesOf(text)) {
    const match = head.exec(line);
    if (match) found.push({ head: match, lines: [] });
    else {
      const inner = indented.exec(line)?.[1];
      if (inner !== undefined) found.at(-1)?.lines.push(inner);
    }
  }
  return found;
};

const lacpOf = (text: string): BondText['lacp'] => {
  const status = /^lacp_status: (\w+)/m.exec(text)?.[1];
  if (status === 'negotiated' || status === 'configured') return status;
  // Before 1.5 there was only this.
  return /^lacp_negotiated: true/m.test(text) ? 'negotiated' : 'off';
};

/** Of `bond/show`. */
export const parseBond = (text: string): BondText => ({
  lacp: lacpOf(text),
  members: new Map(
    sections(text, bondMember).map(({ head: [, device = '', state], lines }) => [
      device,
      { enabled: state === 'enabled', active: lines.some(line => /^active \w+$/.test(line)) },
    ]),
  ),
});

const numberIn = (fields: ReadonlyMap<string, string>, name: string): number => {
  const value = Number.parseInt(fields.get(name) ?? '', 10);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
};

const party = (fields: ReadonlyMap<string, string>, who: 'actor' | 'partner'): LacpParty => ({
  systemId: fields.get(`${who} sys_id`) ?? '00:00:00:00:00:00',
  systemPriority: numberIn(fields, `${who} sys_priority`),
  portId: numberIn(fields, `${who} port_id`),
  portPriority: numberIn(fields, `${who} port_priority`),
  key: numberIn(fields, `${who} key`),
  flags: (fields.get(`${who} state`) ?? '').split(/\s+/).filter(Boolean),
});

const fieldsOf = (lines: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line): readonly (readonly [string, string])[] => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
    }),
  );

const isState = (word: string | undefined): word is LacpMemberText['state'] =>
  word === 'current' || word === 'expired' || word === 'defaulted';

/** Of `lacp/show`, by member. */
export const parseLacp = (text: string): ReadonlyMap<string, LacpMemberText> =>
  new Map(
    sections(text, lacpMember).map(({ head: [, device = '', state, attached], lines }) => {
      const fields = fieldsOf(lines);
      return [
        device,
        {
          state: isState(state) ? state : 'defaulted',
          attached: attached === 'attached',
          actor: party(fields, 'actor'),
          partner: party(fields, 'partner'),
        },
      ];
    }),
  );

/** Of `lacp/show-stats`, which older switches do not have. */
export const parseLacpStats = (text: string): ReadonlyMap<string, PduCounts> =>
  new Map(
    sections(text, statsMember).map(({ head: [, device = ''], lines }) => {
      const fields = fieldsOf(lines);
      return [device, { sent: numberIn(fields, 'TX PDUs'), received: numberIn(fields, 'RX PDUs'), bad: numberIn(fields, 'RX Bad PDUs') }];
    }),
  );
