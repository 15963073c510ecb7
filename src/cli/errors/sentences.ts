// One sentence for each error code: what happened and, where there is something to do, what. Loaded only when a call failed.

import { accessSentences } from './access.ts';
import { clusterSentences } from './cluster.ts';
import { generalSentences } from './general.ts';
import { hardwareSentences } from './hardware.ts';
import { hostSentences } from './host.ts';
import { networkSentences } from './network.ts';
import { storageSentences } from './storage.ts';
import { updateSentences } from './update.ts';
import { vmSentences } from './vm.ts';

export const sentences: Readonly<Record<string, string>> = {
  ...accessSentences,
  ...clusterSentences,
  ...generalSentences,
  ...hardwareSentences,
  ...hostSentences,
  ...networkSentences,
  ...storageSentences,
  ...updateSentences,
  ...vmSentences,
};

const shortReasons: Readonly<Record<string, string>> = {
  HOST_DISABLED: "Host disabled (use 'xe host-enable' to re-enable)",
  HOST_NOT_LIVE: 'Host down',
  HOST_NOT_ENOUGH_FREE_MEMORY: 'Not enough free memory',
  VM_REQUIRES_SR: 'VM requires access to SR',
  VM_REQUIRES_NETWORK: 'VM requires access to network',
};

/** Why a VM cannot start on a host, in the width of a table. */
export const shortReason = (code: string): string => shortReasons[code] ?? code;
