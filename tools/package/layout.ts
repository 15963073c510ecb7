// What the package installs where.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hostdYaml } from './hostd-yaml.ts';

export interface Entry {
  /** Without the leading slash. */
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  /** `linkTo`: relative to the entry. */
  readonly content: { readonly copyOf: string } | { readonly data: Buffer } | { readonly linkTo: string };
}

export interface Source {
  readonly root: string;
  readonly version: string;
  readonly maintainer: string;
  readonly date: Date;
}

const file = (path: string, copyOf: string, mode: Entry['mode'] = 0o644): Entry => ({ path, mode, content: { copyOf } });
const link = (path: string, linkTo: string): Entry => ({ path, mode: 0o755, content: { linkTo } });
const made = (path: string, text: string | Buffer): Entry => ({ path, mode: 0o644, content: { data: Buffer.from(text) } });

/** No name and no time in it, so that equal text is an equal file. */
const zipped = (path: string, text: string | Buffer): Entry => made(`${path}.gz`, gzipSync(text, { level: 9 }));

const manuals = (root: string): readonly Entry[] =>
  readdirSync(join(root, 'docs/man'))
    .filter(name => /\.\d$/.test(name))
    .sort()
    .map(name => zipped(`usr/share/man/man${name.at(-1)}/${name}`, readFileSync(join(root, 'docs/man', name))));

const guides = ['guide.md', 'install.md', 'templates.md', 'xen.md', 'architecture.md'] as const;

const copyright = (root: string): string => {
  const year = /Copyright (?:\(c\) )?([\d-]+)/.exec(readFileSync(join(root, 'LICENSE'), 'utf8'))?.[1] ?? '2026';
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: xcp

Files: *
Copyright: ${year} the authors of xcp
License: Apache-2.0
 On Debian systems the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`;
};

const changelog = ({ version, maintainer, date }: Source): string => `xcp (${version}) unstable; urgency=medium

  * See the history of the source.

 -- ${maintainer}  ${date.toUTCString().replace('GMT', '+0000')}
`;

export const layout = (source: Source): readonly Entry[] => {
  const { root } = source;
  const debian = join(root, 'tools/package/debian');
  return [
    file('usr/bin/xcp', join(root, 'dist/xcp'), 0o755),
    // Admins know it by this name, and have it in their hands when nothing else works.
    link('usr/sbin/xe-reset-networking', '../bin/xcp'),
    made('etc/xcp/hostd.yaml', hostdYaml()),
    file('lib/systemd/system/xcp-hostd.service', join(debian, 'xcp-hostd.service')),
    file('usr/share/bash-completion/completions/xcp', join(root, 'completions/xcp.bash')),
    file('usr/share/zsh/vendor-completions/_xcp', join(root, 'completions/_xcp')),
    file('usr/share/fish/vendor_completions.d/xcp.fish', join(root, 'completions/xcp.fish')),
    ...manuals(root),
    link('usr/share/man/man8/xe-reset-networking.8.gz', 'xcp-host-network-reset.8.gz'),
    ...guides.map(name => file(`usr/share/doc/xcp/${basename(name)}`, join(root, 'docs', name))),
    made('usr/share/doc/xcp/copyright', copyright(root)),
    zipped('usr/share/doc/xcp/changelog', changelog(source)),
    file('usr/share/lintian/overrides/xcp', join(debian, 'lintian-overrides')),
  ];
};

export const conffiles = ['/etc/xcp/hostd.yaml'] as const;
