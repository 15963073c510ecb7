// What the user reads when a call failed: the sentence of the error, then its parameters by name, objects by uuid and name.

import { ConnectionError, systemCode } from '../../client/errors.ts';
import { XenError } from '../../model/error.ts';
import type { Context } from '../context.ts';
import { CommandError, usageHint } from '../exit.ts';

/** Without a line end. */
export const failureText = async (error: unknown, context: Context | undefined): Promise<string> => {
  if (error instanceof XenError) return await xenErrorText(error, context);
  if (error instanceof ConnectionError) return connectionErrorText(error);
  if (error instanceof CommandError) return `Error: ${error.message}`;
  return `Error: ${error instanceof Error ? error.message : String(error)}`;
};

const connectionErrorText = (error: ConnectionError): string => {
  switch (error.problem) {
    case 'refused':
    case 'timeout':
      return `Error: ${systemText(error)} (calling connect)\nUnable to contact server. Please check server and port settings.`;
    case 'unknown-host':
      return 'Unable to contact server. Please check server and port settings.';
    case 'lost':
      return 'Lost connection to the server.';
    case 'untrusted':
      return `Error: ${error.message}`;
    case 'not-xenapi':
      return `Server internal error.\n${error.server}: ${error.message}`;
    default:
      return error.problem satisfies never;
  }
};

const systemTexts: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ECONNREFUSED: 'Connection refused',
  EACCES: 'Permission denied',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
};

const systemText = (error: ConnectionError): string => systemTexts[systemCode(error.cause) ?? ''] ?? error.message;

const xenErrorText = async (error: XenError, context: Context | undefined): Promise<string> => {
  if (error.code === 'SESSION_AUTHENTICATION_FAILED') {
    return context?.connection.userName === ''
      ? `Username/password must be specified\n${usageHint(context?.io)}`
      : `Authentication failed\n${usageHint(context?.io)}`;
  }
  const [{ errors }, { sentences }] = await Promise.all([import('../../model/errors/table.ts'), import('../errors/sentences.ts')]);
  const row = errors.get(error.code);
  const names = row?.documented === true ? row.params : undefined;
  const shown = await Promise.all(error.params.map((param, i) => paramText(param, names?.[i], error, context)));
  if (names === undefined) return `Error code: ${error.code}\nError parameters: ${shown.join(', ')}`;
  const named = names.map((name, i) => `${name}: ${shown[i] ?? '<unknown>'}`);
  const extra = shown.slice(names.length).map(text => `<extra>: ${text}`);
  return [sentences[error.code] ?? spelledOut(error.code), ...named, ...extra].join('\n');
};

/** `VM_BAD_POWER_STATE` as words, for codes without a sentence of their own. */
const spelledOut = (code: string): string => {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
};

const REF_PREFIX = 'OpaqueRef:';

/** Classes tried for a reference whose parameter does not say its class. */
const likelyClasses = [
  'VM',
  'host',
  'VDI',
  'SR',
  'VBD',
  'VIF',
  'network',
  'PIF',
  'PBD',
  'pool',
  'task',
  'VTPM',
  'VGPU',
  'Bond',
  'Repository',
] as const;

/** A reference becomes `uuid (name)`; all else stays as it is. */
const paramText = async (param: string, name: string | undefined, error: XenError, context: Context | undefined): Promise<string> => {
  if (!param.startsWith(REF_PREFIX) || context === undefined || error.code === 'HANDLE_INVALID') return param;
  const first = likelyClasses.find(cls => cls.toLowerCase() === name?.toLowerCase());
  const session = await context.session();
  for (const cls of first === undefined ? likelyClasses : [first, ...likelyClasses.filter(each => each !== first)]) {
    const found = await session.raw(`${cls}.get_record`, [param]).catch((reason: unknown) => {
      if (reason instanceof XenError) return undefined;
      throw reason;
    });
    if (typeof found === 'object' && found !== null && 'uuid' in found) {
      const label = 'name_label' in found ? ` (${String(found.name_label)})` : '';
      return `${String(found.uuid)}${label}`;
    }
  }
  return param;
};
