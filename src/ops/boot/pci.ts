// The PCI records of a host: one for each function of the machine that can matter, with the others of the same card.

import { nullRef, type Ref } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { PciFunction } from '../../drivers/pci/functions.ts';
import type { RecordOf } from '../../model/index.ts';

const fieldsOf = (found: PciFunction): Partial<RecordOf<'PCI'>> => ({
  pci_id: found.busPath,
  class_id: found.classId,
  class_name: found.className,
  vendor_id: found.vendorId,
  vendor_name: found.vendorName,
  device_id: found.deviceId,
  device_name: found.deviceName,
  subsystem_vendor_id: found.subsystemVendorId,
  subsystem_vendor_name: found.subsystemVendorName,
  subsystem_device_id: found.subsystemDeviceId,
  subsystem_device_name: found.subsystemDeviceName,
  driver_name: found.driver,
});

/** The functions of one card share all but the last digit of their place: who takes one to a guest takes all. */
const cardOf = (busPath: string): string => busPath.replace(/\.[0-7]$/, '');

/** By place. */
export const pciRecords = (tx: Reader, host: Ref<'host'>): ReadonlyMap<string, Ref<'PCI'>> =>
  new Map([...tx.referrers('PCI', 'host', host)].map(ref => [tx.need('PCI', ref).pci_id, ref]));

/** New functions get a record, those known are refreshed, and what was taken out goes. */
export const syncPci = (tx: Tx, host: Ref<'host'>, functions: readonly PciFunction[]): void => {
  const known = pciRecords(tx, host);
  const refs = functions.map(found => {
    const ref = known.get(found.busPath);
    if (ref === undefined) return tx.insert('PCI', { host, ...fieldsOf(found) });
    tx.update('PCI', ref, fieldsOf(found));
    return ref;
  });
  for (const [i, { busPath }] of functions.entries()) {
    const card = refs.filter((_, j) => j !== i && cardOf(functions[j]?.busPath ?? '') === cardOf(busPath));
    const ref = refs[i];
    if (ref !== undefined) tx.update('PCI', ref, { dependencies: card });
  }
  const there = new Set(refs);
  for (const ref of known.values()) {
    if (there.has(ref)) continue;
    // A NIC that was taken out keeps its interface, which may come back, but no card.
    for (const pif of tx.referrers('PIF', 'PCI', ref)) tx.update('PIF', pif, { PCI: nullRef() });
    tx.delete('PCI', ref);
  }
};
