// VDI records: as a new disk has them, and as the SR's driver describes a volume.

import type { Ref } from '../../lib/brand.ts';
import type { VolumeInfo } from '../../drivers/storage.ts';
import { enums, type EnumValue, type RecordOf } from '../../model/index.ts';

type VdiFields = Partial<RecordOf<'VDI'>> & Pick<RecordOf<'VDI'>, 'uuid' | 'SR' | 'virtual_size'>;

/** A managed, writable user disk but for what `fields` says. */
export const newVdi = (fields: VdiFields): Partial<RecordOf<'VDI'>> => ({
  type: 'user',
  managed: true,
  location: fields.uuid,
  on_boot: 'persist',
  ...fields,
});

const isVdiType = (type: string): type is EnumValue<'vdi_type'> => enums.vdi_type.some(known => known === type);

/** The record of a volume that an SR holds and the database did not know. */
export const vdiOfVolume = (sr: Ref<'SR'>, volume: VolumeInfo): Partial<RecordOf<'VDI'>> =>
  newVdi({
    uuid: volume.id,
    SR: sr,
    name_label: volume.name,
    name_description: volume.description,
    type: isVdiType(volume.type) ? volume.type : 'user',
    virtual_size: volume.sizeBytes,
    physical_utilisation: volume.utilisationBytes,
    read_only: volume.readOnly,
    is_a_snapshot: volume.isSnapshot,
    ...(volume.snapshotTime === undefined ? {} : { snapshot_time: volume.snapshotTime }),
  });

/** A copy's record: the looks of the original, its own identity. */
export const vdiLike = (original: RecordOf<'VDI'>, fields: VdiFields): Partial<RecordOf<'VDI'>> =>
  newVdi({
    name_label: original.name_label,
    name_description: original.name_description,
    type: original.type,
    sharable: original.sharable,
    other_config: original.other_config,
    xenstore_data: original.xenstore_data,
    tags: original.tags,
    ...fields,
  });
