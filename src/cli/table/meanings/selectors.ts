// How a command is told which VMs, hosts or SRs it is about.

import type { Row } from '../row.ts';

const nouns = { vms: 'VM', hosts: 'host', srs: 'SR' } as const;
const filters = {
  vms: 'power-state=halted, tags:contains=web, resident-on=HOST',
  hosts: 'enabled=false, tags:contains=rack4',
  srs: 'type=nfs, shared=true',
} as const;

const also = { 'control-domains': 'control domains', templates: 'templates' } as const;

/** Empty for a command that selects nothing. */
export const selectorMeaning = ({ selects, one, alsoSelects = [] }: Row): string => {
  if (selects === undefined) return '';
  const noun = nouns[selects];
  const more = alsoSelects.length === 0 ? '' : ` Finds ${alsoSelects.map(each => also[each]).join(' and ')} too.`;
  return `The ${noun}${one === true ? '' : 's'}: \`${noun.toLowerCase()}=NAME|UUID\`, or any field of the class as a filter (${filters[selects]}).${one === true ? ' It has to be one.' : ' More than one only with `--multiple`.'}${more}`;
};
