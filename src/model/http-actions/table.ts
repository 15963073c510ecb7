// The HTTP actions beside the calls: uploads, downloads, consoles, metrics.

import type { RequiredRole } from '../roles.ts';
import { hostsActions } from './hosts.ts';
import { imagesActions } from './images.ts';
import { metricsActions } from './metrics.ts';

export interface HttpAction {
  readonly name: string;
  readonly method: string;
  readonly uri: string;
  readonly role: RequiredRole;
  /** False: open to everybody who reaches the socket. */
  readonly rbacChecked?: false;
  /** Whether published SDKs offer it. */
  readonly inSdk: boolean;
  /** Members of the query, as they are written. */
  readonly query?: readonly string[];
  /** Members that SDKs pass, `name:type`. */
  readonly sdkArgs?: readonly string[];
  /** Parts of the action that need another role. */
  readonly subActions?: Readonly<Record<string, RequiredRole>>;
  /** Only the pool's coordinator answers; others redirect. */
  readonly masterOnly?: boolean;
}

export const httpActions: readonly HttpAction[] = [...imagesActions, ...metricsActions, ...hostsActions];
