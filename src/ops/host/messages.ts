// The messages of the hypervisor that lies below the control domain, and the keys that ask it for more.

import type { Ref } from '../../lib/brand.ts';
import type { HypervisorLog } from '../../drivers/hypervisor.ts';
import { XenError } from '../../model/error.ts';
import type { Call, OpsOf } from '../context.ts';

const messagesOf = ({ services }: Call, host: Ref<'host'>): HypervisorLog => {
  services.db.need('host', host);
  const { messages } = services.hypervisor;
  if (messages !== undefined) return messages;
  throw new XenError('OPERATION_NOT_ALLOWED', [
    'Guests of this host run on QEMU: there is no hypervisor below it that has messages of its own',
  ]);
};

export const hostMessages: Pick<OpsOf<'host'>, 'dmesg' | 'dmesg_clear' | 'send_debug_keys'> = {
  dmesg: async (call, { host }) => messagesOf(call, host).read(),
  dmesg_clear: async (call, { host }) => messagesOf(call, host).clear(),
  send_debug_keys: async (call, { host, keys }) => {
    const messages = messagesOf(call, host);
    if (!/^[\x20-\x7e]{1,16}$/.test(keys)) throw new XenError('INVALID_VALUE', ['keys', keys.slice(0, 64)]);
    await messages.sendKeys(keys);
  },
};
