// What the switches at the other ends of the links say of themselves, by LLDP: as lldpd has heard it, where the machine runs it. Asked
// by lldpcli, whose JSON of the kind `json0` has the same shape however many neighbours there are. A switch wrote the answers: each text is
// checked and cut.

import type { Json, JsonObject } from '../../../lib/json.ts';
import type { LinkNeighbour, LinkNeighbours } from '../status.ts';
import { findProgram, runTool, ToolError } from '../../tool.ts';

const ANSWER_MS = 3_000;
const MAX_TEXT = 200;
const MAX_NEIGHBOURS = 256;

const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const asText = (value: Json | undefined): string =>
  typeof value === 'string'
    ? value
        .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
        .trim()
        .slice(0, MAX_TEXT)
    : '';

/** `[{"value": …}]` */
const firstValue = (value: Json | undefined): string => asText(asObject(asList(value)[0])['value']);

const neighbourOf = (link: JsonObject): LinkNeighbour => {
  const chassis = asObject(asList(link['chassis'])[0]);
  const port = asObject(asList(link['port'])[0]);
  const vlans = asList(link['vlan']).map(each => Number(asText(asObject(each)['vlan-id'])));
  const addresses = asList(chassis['mgmt-ip']).map(each => asText(asObject(each)['value']));
  return {
    device: asText(link['name']),
    protocol: asText(link['via']),
    system: firstValue(chassis['name']),
    systemId: firstValue(chassis['id']),
    description: firstValue(chassis['descr']),
    addresses: addresses.filter(address => address !== ''),
    port: firstValue(port['id']),
    portDescription: firstValue(port['descr']),
    vlans: vlans.filter(vlan => Number.isInteger(vlan) && vlan > 0),
  };
};

/** Pure. Nothing of an answer of another shape. */
export const readNeighbours = (text: string): readonly LinkNeighbour[] => {
  let answer: Json;
  try {
    answer = JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  return asList(asObject(answer)['lldp'])
    .flatMap(each => asList(asObject(each)['interface']))
    .slice(0, MAX_NEIGHBOURS)
    .map(each => neighbourOf(asObject(each)))
    .filter(({ device, system, systemId }) => device !== '' && system + systemId !== '');
};

/** `socket`: of a lldpd that is not the machine's usual one. Never rejects for its sake: nobody needs it. */
export const hostNeighbours = async (socket = process.env['LLDPD_SOCKET']): Promise<LinkNeighbours> => {
  if ((await findProgram('lldpcli')) === undefined) return { neighbours: [], absent: 'lldpd is not installed on this host' };
  try {
    const where = socket === undefined ? [] : ['-u', socket];
    const signal = AbortSignal.timeout(ANSWER_MS);
    return { neighbours: readNeighbours(await runTool('lldpcli', [...where, '-f', 'json0', 'show', 'neighbors'], { signal })) };
  } catch (error) {
    if (error instanceof ToolError) return { neighbours: [], absent: 'lldpd does not run on this host' };
    if (error instanceof Error && error.name === 'TimeoutError') return { neighbours: [], absent: 'lldpd does not answer' };
    throw error;
  }
};
