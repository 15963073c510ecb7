// `npm stop`: shuts down the guests of the tour's hosts, ends the hosts and removes what they kept.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runXcp, stopHost } from '../hosts/host.ts';
import { leaveSwitch } from '../hosts/switch.ts';
import { assertOwn, base, folderOf, names, pidOf } from './place.ts';
import { done, note } from './say.ts';

assertOwn();
if (!existsSync(base)) {
  note('No hosts of the tour are here.');
} else {
  for (const name of names) {
    const pid = pidOf(name);
    if (pid === undefined) continue;
    const server = `unix:${join(folderOf(name), 'xapi')}`;
    const running = await runXcp(['vm-list', 'is-control-domain=false', 'power-state=running', 'params=uuid', '--minimal'], { server });
    const suffering = await runXcp(['vm-list', 'is-control-domain=false', 'power-state=paused', 'params=uuid', '--minimal'], { server });
    const uuids = [running, suffering].flatMap(ran => ran.stdout.trim().split(',')).filter(uuid => uuid !== '');
    for (const uuid of uuids) await runXcp(['vm-shutdown', `uuid=${uuid}`, '--force'], { server });
    await stopHost({ pid });
    done(`host ${name} ended${uuids.length > 0 ? `, and ${uuids.length} guest${uuids.length > 1 ? 's' : ''} with it` : ''}`);
  }
  for (const name of names) await leaveSwitch(folderOf(name));
  rmSync(base, { recursive: true, force: true });
  done(`${base} removed`);
}
