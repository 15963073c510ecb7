// Prints the index of `help` as a JavaScript text, for the build.

import { encodeIndex } from '../cli/help-index.ts';
import { makeIndex } from '../cli/run/help.ts';

console.log(JSON.stringify(encodeIndex(await makeIndex())));
