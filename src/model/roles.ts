// Roles, from the one that may do everything to the one that may only look. Holding a role means holding all below it.

export const roles = ['pool-admin', 'pool-operator', 'vm-power-admin', 'vm-admin', 'vm-operator', 'client-cert', 'read-only'] as const;
export type Role = (typeof roles)[number];

/** Roles that the system gives to itself and nobody can be assigned. */
export const internalRoles: readonly Role[] = ['client-cert'];

/**
 * The lowest role that may do a thing. `+client-cert` lets the internal role in as well. `local-root-only`: no role suffices, only
 * root on the host itself and other members of the pool.
 */
export type RequiredRole = Role | `${Role}+client-cert` | 'local-root-only';

/** Permissions that are no message: `task.destroy/any` is for tasks of others. */
export const extraPermissions: readonly { readonly name: string; readonly role: Role }[] = [
  { name: 'task.destroy/any', role: 'pool-operator' },
];

/** Whether the holder of `held` may do what needs `required`. Root on the host itself does not ask. */
export const roleAllows = (required: RequiredRole, held: Iterable<Role>): boolean => {
  if (required === 'local-root-only') return false;
  const withCertificate = required.endsWith('+client-cert');
  const lowest = rank(withCertificate ? required.slice(0, -'+client-cert'.length) : required);
  for (const role of held) {
    if (rank(role) <= lowest || (withCertificate && role === 'client-cert')) return true;
  }
  return false;
};

const rank = (role: string): number => (roles as readonly string[]).indexOf(role);
