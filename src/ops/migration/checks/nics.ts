// Checks of the NICs: each has a network to go to, and no other VM there answers to its address.

import { isLive, members } from '../view.ts';
import { called, type Check, say } from './blocker.ts';

const mapped: Check = ({ view, facts, nics }) =>
  members(view).flatMap(owner =>
    owner.vifs
      .filter(vif => !nics.has(vif.ref))
      .map(vif => {
        const network = facts.networks[0];
        const example = network ? `${network.uuid}   (network "${network.name}")` : '<network uuid>';
        return {
          code: 'VIF_NOT_IN_MAP',
          params: [vif.ref],
          objects: [called('VM', owner), { class: 'VIF', uuid: vif.record.uuid, name: `${vif.record.device} ${vif.record.MAC}` }],
          cause: `It is not said to which network of host "${facts.host.name}" NIC ${vif.record.device} (${vif.record.MAC}) of ${say(called('VM', owner))} goes.`,
          fix: `xcp vm-migrate uuid=${view.vm.record.uuid} … vif:${vif.record.uuid}=${example}`,
        };
      }),
  );

const networks: Check = ({ view, facts, nics }) =>
  members(view).flatMap(owner =>
    owner.vifs.flatMap(vif => {
      const target = nics.get(vif.ref);
      if (target === undefined || target.found) return [];
      return [
        {
          code: 'HANDLE_INVALID',
          params: ['network', target.ref],
          objects: [called('VM', owner), { class: 'VIF', uuid: vif.record.uuid, name: `${vif.record.device} ${vif.record.MAC}` }],
          cause: `The network that NIC ${vif.record.device} of ${say(called('VM', owner))} shall go to is not known to host "${facts.host.name}".`,
          fix: `xcp network-list   (on host "${facts.host.name}")`,
        },
      ];
    }),
  );

/** A copy gets addresses of its own, so only a move can clash. */
const addresses: Check = ({ view, facts, args }) =>
  args.options.copy
    ? []
    : facts.macsInUse.flatMap(({ mac, vm }) => {
        const vif = view.vm.vifs.find(each => each.record.MAC.toLowerCase() === mac.toLowerCase());
        if (vif === undefined || facts.vmsWithSameUuid.some(same => same.ref === vm.ref)) return [];
        const objects = [
          called('VM', view.vm),
          { class: 'VIF', uuid: vif.record.uuid, name: mac },
          { class: 'VM', uuid: vm.uuid, name: vm.name },
        ];
        const cause = `MAC address ${mac} of ${say(called('VM', view.vm))} is in use there by VM "${vm.name}".`;
        const fix = `xcp vif-list vm-uuid=${vm.uuid}; xcp vif-destroy uuid=…   (on host "${facts.host.name}")`;
        return [{ code: 'MAC_STILL_EXISTS', params: [mac], objects, cause, fix }];
      });

/** SR-IOV hands the guest a piece of this host's hardware. */
const hardware: Check = ({ view }) =>
  view.vm.vifs
    .filter(vif => isLive(view) && 'sriov' in vif.record.runtime_properties)
    .map(vif => ({
      code: 'VM_HAS_SRIOV_VIF',
      params: [view.vm.ref],
      objects: [called('VM', view.vm), { class: 'VIF', uuid: vif.record.uuid, name: vif.record.MAC }],
      cause: `NIC ${vif.record.device} of ${say(called('VM', view.vm))} is a function of a physical card (SR-IOV).`,
      fix: `xcp vif-unplug uuid=${vif.record.uuid}`,
    }));

export const nicChecks: readonly Check[] = [mapped, networks, addresses, hardware];
