// `npm run package`: dist/xcp_<version>_amd64.deb from dist/xcp. The same commit and executable give the same bytes.
//
//   --version TEXT  another version than that of package.json     --out DIR  another place than dist
//   --quick         packed by zstd, for tests: larger, but made, and unpacked, in a moment

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { control } from './control.ts';
import { conffiles, type Entry, layout } from './layout.ts';

const root = resolve(import.meta.dirname, '../..');
const maintainer = 'xcp maintainers <maintainers@xcp.invalid>';
const scripts = ['postinst', 'prerm', 'postrm'] as const;

const { values } = parseArgs({ options: { version: { type: 'string' }, out: { type: 'string' }, quick: { type: 'boolean' } } });
const { version: ownVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
const version = values.version ?? ownVersion;
if (!/^\d[\w.+~]*$/.test(version))
  throw new Error(`'${version}' is no version of a package: digits first, then letters, digits, '.', '+', '~'`);

/** Seconds; of the commit, so that the clock of this machine is in nothing. */
const epoch = (): string =>
  process.env['SOURCE_DATE_EPOCH'] ?? execFileSync('git', ['-C', root, 'log', '-1', '--format=%ct'], { encoding: 'utf8' }).trim();

const put = (tree: string, { path, mode, content }: Entry): void => {
  const target = join(tree, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  if ('linkTo' in content) {
    symlinkSync(content.linkTo, target);
    return;
  }
  if ('copyOf' in content) copyFileSync(content.copyOf, target);
  else writeFileSync(target, content.data);
  chmodSync(target, mode);
};

const sums = (tree: string, entries: readonly Entry[]): string =>
  entries
    .filter(({ path, content }) => !('linkTo' in content) && !(conffiles as readonly string[]).includes(`/${path}`))
    .map(
      ({ path }) =>
        `${createHash('md5')
          .update(readFileSync(join(tree, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('');

const build = (tree: string, out: string): string => {
  const seconds = epoch();
  const entries = layout({ root, version, maintainer, date: new Date(Number(seconds) * 1000) });
  for (const entry of entries) put(tree, entry);
  const installedKiB = entries.reduce((sum, { path }) => sum + Math.ceil(lstatSync(join(tree, path)).size / 1024), 0);
  const meta = (name: string, text: string, mode: Entry['mode'] = 0o644): void =>
    put(tree, { path: `DEBIAN/${name}`, mode, content: { data: Buffer.from(text) } });
  meta('control', control({ version, maintainer, installedKiB }));
  meta('conffiles', `${conffiles.join('\n')}\n`);
  meta('md5sums', sums(tree, entries));
  for (const name of scripts) meta(name, readFileSync(join(root, 'tools/package/debian', name), 'utf8'), 0o755);
  mkdirSync(out, { recursive: true });
  const deb = join(out, `xcp_${version}_amd64.deb`);
  // One level of xz that costs seconds, not minutes; one thread, since the number of threads shows in the bytes.
  const packed = values.quick === true ? ['-Zzstd', '-z3'] : ['-Zxz', '-z1', '--threads-max=1'];
  execFileSync('dpkg-deb', ['--root-owner-group', ...packed, '--build', tree, deb], {
    env: { ...process.env, SOURCE_DATE_EPOCH: seconds },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return deb;
};

process.umask(0o022);
const tree = mkdtempSync(join(tmpdir(), 'xcp-package-'));
try {
  chmodSync(tree, 0o755);
  const deb = build(tree, resolve(values.out ?? join(root, 'dist')));
  console.log(`${relative(process.cwd(), deb)}  ${(statSync(deb).size / 1024 / 1024).toFixed(1)} MiB`);
} finally {
  rmSync(tree, { recursive: true, force: true });
}
