// All step kinds but those of migration, told to the engine.

import { cloudInitKinds } from '../cloud-init/plugin.ts';
import { commitKind } from '../commit.ts';
import { controlDomainKinds } from '../control-domain/steps.ts';
import type { Services } from '../context.ts';
import { srKinds } from '../sr/create.ts';
import { plugKind as diskPlugKind } from '../vbd/plug.ts';
import { resizeKinds } from '../vdi/resize.ts';
import { plugKind as nicPlugKind } from '../vif/plug.ts';
import { suspendKinds } from '../vm/suspend.ts';
import { xvaKinds } from '../xva/steps.ts';
import { freezeKinds } from './freeze.ts';
import { guestKinds } from './guest.ts';
import { volumeKinds } from './volumes.ts';

export const defineSteps = (services: Services): void => {
  const kinds = [
    ...volumeKinds(services),
    ...guestKinds(services),
    ...freezeKinds(services),
    ...suspendKinds(services),
    ...srKinds(services),
    ...resizeKinds(services),
    ...cloudInitKinds(services),
    ...xvaKinds(services),
    ...controlDomainKinds(services),
    diskPlugKind(services),
    nicPlugKind(services),
    commitKind(services),
  ];
  for (const kind of kinds) services.engine.define(kind);
};
