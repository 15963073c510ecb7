// The API's one way to write a time: `YYYYMMDDTHH:MM:SSZ`, in UTC, no fractions of a second.

export const EPOCH = '19700101T00:00:00Z';

const FORM = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** The canonical text of a time in any of ISO 8601's usual forms; without an offset it is UTC. Undefined if it is none. */
export const parseDateTime = (text: string): string | undefined => {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', zone = 'Z'] = match;
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const local = new Date(utc);
  // Date rolls 31 February over to March: such a date is none.
  if (local.getUTCMonth() !== Number(month) - 1 || local.getUTCDate() !== Number(day) || local.getUTCHours() !== Number(hour))
    return undefined;
  if (local.getUTCMinutes() !== Number(minute) || local.getUTCSeconds() !== Number(second)) return undefined;
  return formatDateTime(new Date(utc - offsetMs(zone)));
};

const offsetMs = (zone: string): number => {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || '0');
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
};

/** `20260304T05:06:07Z`; milliseconds are cut off. */
export const formatDateTime = (date: Date): string => `${date.toISOString().slice(0, 19).replaceAll('-', '')}Z`;

/** Milliseconds since 1970 of a canonical text; NaN if it is none. */
export const dateTimeMs = (text: string): number => {
  const match = FORM.exec(text);
  if (!match) return Number.NaN;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', zone = 'Z'] = match;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) - offsetMs(zone);
};
