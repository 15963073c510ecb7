// A type of storage that the hosts can drive.

import { defineClass } from '../dsl.ts';

export const SM = defineClass({
  name: 'SM',
  byNameLabel: true,
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', default: '', ns: 'name' },
    name_description: { type: 'string', default: '', ns: 'name' },
    type: { type: 'string' },
    vendor: { type: 'string' },
    copyright: { type: 'string' },
    version: { type: 'string' },
    required_api_version: { type: 'string' },
    configuration: { type: 'map string string' },
    capabilities: {
      type: 'set string',
      default: [],
      since: 'miami',
      state: 'deprecated',
      changes: ['published:miami', 'deprecated:clearwater'],
    },
    features: { type: 'map string int', default: {}, since: 'clearwater', changes: ['published:clearwater', 'changed:24.37.0'] },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'miami' },
    driver_filename: { type: 'string', default: '', since: 'orlando' },
    required_cluster_stack: { type: 'set string', default: [], since: 'dundee' },
    supported_image_formats: { type: 'set enum image_format_type', default: [], since: '26.15.0', state: 'prototyped' },
  },
  messages: {},
});
