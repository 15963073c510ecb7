// All operations by class: the table hostd dispatches to. A message that is not here answers NOT_IMPLEMENTED.

import type { ClassName } from '../model/index.ts';
import { applianceOps } from './appliance/index.ts';
import { bondOps } from './bond/index.ts';
import type { OpsOf } from './context.ts';
import { hostOps } from './host/index.ts';
import { managementOps, poolManagementOps } from './host/management.ts';
import { messageOps } from './message/index.ts';
import { migrationHostOps, migrationPeerMessages, migrationVdiOps, migrationVmOps, type PeerMessage } from './migration/messages.ts';
import { networkFieldOps } from './network/fields.ts';
import { networkOps } from './network/index.ts';
import { networkSriovOps } from './network-sriov/index.ts';
import { pbdOps } from './pbd/index.ts';
import { pifOps } from './pif/index.ts';
import { poolOps } from './pool/index.ts';
import { srOps } from './sr/index.ts';
import { tunnelOps } from './tunnel/index.ts';
import { vbdOps } from './vbd/index.ts';
import { vdiOps } from './vdi/index.ts';
import { vifOps } from './vif/index.ts';
import { vlanOps, vlanPoolOps } from './vlan/index.ts';
import { vlanPeerMessages } from './vlan/messages.ts';
import { vmOps } from './vm/index.ts';
import { schedulingFieldOps } from './vm/scheduling.ts';
import { vmGroupOps } from './vm-group/index.ts';

export const ops: { readonly [C in ClassName]?: OpsOf<C> } = {
  VM: { ...vmOps, ...migrationVmOps, ...schedulingFieldOps },
  VBD: vbdOps,
  VIF: vifOps,
  VDI: { ...vdiOps, ...migrationVdiOps },
  SR: srOps,
  PBD: pbdOps,
  network: { ...networkOps, ...networkFieldOps },
  PIF: pifOps,
  VLAN: vlanOps,
  Bond: bondOps,
  tunnel: tunnelOps,
  network_sriov: networkSriovOps,
  host: { ...hostOps, ...managementOps, ...migrationHostOps },
  pool: { ...poolOps, ...vlanPoolOps, ...poolManagementOps },
  message: messageOps,
  VM_appliance: applianceOps,
  VM_group: vmGroupOps,
};

/** Private messages between xcp hosts, and from the command line of xcp. */
export const peerMessages: ReadonlyMap<string, PeerMessage> = new Map([...migrationPeerMessages, ...vlanPeerMessages]);
