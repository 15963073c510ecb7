// XenAPI's way to write a time: `20261123T08:00:00Z`, always UTC, whole seconds.

export const xenTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll('-', '')}Z`;
