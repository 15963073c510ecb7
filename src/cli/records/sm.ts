// What the command line shows of the API class SM. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'SM',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RO', 'name_label', 'string'],
    'name-description': ['RO', 'name_description', 'string'],
    type: ['RO', 'type', 'string'],
    vendor: ['RO', 'vendor', 'string'],
    copyright: ['RO', 'copyright', 'string'],
    'required-api-version': ['RO', 'required_api_version', 'string'],
    capabilities: ['RO', 'capabilities', 'set', { deprecated: true }],
    features: ['MRO', 'features', 'map'],
    configuration: ['RO', 'configuration', 'map'],
    'driver-filename': ['RO', 'driver_filename', 'string'],
    'required-cluster-stack': ['RO', 'required_cluster_stack', 'set,'],
    'supported-image-formats': ['RO', 'supported_image_formats', 'set image_format_type'],
  },
};
