// The version that `xcp --version` tells.

import description from '../../package.json' with { type: 'json' };

export const { version } = description;
