// Whether a text is what was recorded. Placeholders stand for what a server makes anew (a uuid, a time) and for what each product says in
// words of its own; one that is bound must come out equal wherever it stands.

export type Bindings = Map<string, string>;

/** Placeholders that match anew each time. */
const free: Readonly<Record<string, string>> = {
  time: '\\d{8}T\\d\\d:\\d\\d:\\d\\dZ',
  summary: '[\\s\\S]+?',
  usage: '[\\s\\S]+?',
  trackid: '[0-9a-f]+',
};

/** Placeholders that the first match binds. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^uuid\d+$/, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'],
  [/^ref\d+$/, 'OpaqueRef:[0-9a-f-]+'],
  [/^mac\d+$/, '[0-9a-f]{2}(?::[0-9a-f]{2}){5}'],
  [/^token\d+$/, '\\S*?'],
];

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Puts in what is bound. */
export const filled = (text: string, bindings: Bindings): string =>
  text.replaceAll(/\$\{([\w:|]+)\}/g, (whole, name: string) => bindings.get(name) ?? whole);

const patternOf = (name: string, groups: string[]): string => {
  if (name.startsWith('description:')) return '[\\s\\S]+?';
  const anew = free[name];
  if (anew !== undefined) return anew;
  if (groups.includes(name)) return `\\k<${name}>`;
  const kind = kinds.find(([names]) => names.test(name));
  groups.push(name);
  return `(?<${name}>${kind?.[1] ?? '[^\\n]*?'})`;
};

/** Binds what matched for the first time; nothing when the texts differ. */
export const matches = (expected: string, found: string, bindings: Bindings): boolean => {
  const wanted = filled(expected, bindings);
  if (!wanted.includes('${')) return wanted === found;
  const groups: string[] = [];
  const pattern = wanted
    .split(/(\$\{[\w:|]+\})/)
    .map((part, i) => (i % 2 === 0 ? literal(part) : patternOf(part.slice(2, -1), groups)))
    .join('');
  const match = new RegExp(`^${pattern}$`).exec(found);
  for (const name of match ? groups : []) bindings.set(name, match?.groups?.[name] ?? '');
  return match !== null;
};
