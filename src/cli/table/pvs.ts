// Provisioning services.

import { bytes, int, list, record, ref, selected, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pvs-site-introduce': {
    summary: 'Make the record of a PVS site.',
    required: ['name-label'],
    optional: ['name-description', 'pvs-uuid'],
    call: {
      message: 'PVS_site.introduce',
      args: [text('name-label'), text('name-description', ''), text('pvs-uuid', '')],
      prints: { uuidOf: 'PVS_site' },
    },
  },
  'pvs-site-forget': {
    summary: 'Forget a PVS site.',
    required: ['uuid'],
    call: { message: 'PVS_site.forget', args: [ref('uuid', 'PVS_site')] },
  },
  'pvs-server-introduce': {
    summary: 'Make the record of a PVS server.',
    required: ['addresses', 'first-port', 'last-port', 'pvs-site-uuid'],
    call: {
      message: 'PVS_server.introduce',
      args: [list('addresses'), int('first-port'), int('last-port'), ref('pvs-site-uuid', 'PVS_site')],
      prints: { uuidOf: 'PVS_server' },
    },
  },
  'pvs-server-forget': {
    summary: 'Forget a PVS server.',
    required: ['uuid'],
    call: { message: 'PVS_server.forget', args: [ref('uuid', 'PVS_server')] },
  },
  'pvs-proxy-create': {
    summary: 'Cache what a VM reads from a PVS site.',
    required: ['pvs-site-uuid', 'vif-uuid'],
    call: {
      message: 'PVS_proxy.create',
      args: [ref('pvs-site-uuid', 'PVS_site'), ref('vif-uuid', 'VIF')],
      prints: { uuidOf: 'PVS_proxy' },
    },
  },
  'pvs-proxy-destroy': {
    summary: 'Stop caching what a VM reads.',
    required: ['uuid'],
    call: { message: 'PVS_proxy.destroy', args: [ref('uuid', 'PVS_proxy')] },
  },
  'pvs-cache-storage-create': {
    summary: 'Give a PVS site a cache on a host.',
    required: ['sr-uuid', 'pvs-site-uuid', 'size'],
    selects: 'hosts',
    call: {
      message: 'PVS_cache_storage.create',
      args: [record({ host: selected, SR: ref('sr-uuid', 'SR'), site: ref('pvs-site-uuid', 'PVS_site'), size: bytes('size') })],
      prints: { uuidOf: 'PVS_cache_storage' },
    },
  },
  'pvs-cache-storage-destroy': {
    summary: 'Remove the cache of a PVS site.',
    required: ['uuid'],
    call: { message: 'PVS_cache_storage.destroy', args: [ref('uuid', 'PVS_cache_storage')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
