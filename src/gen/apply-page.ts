// The page of `xcp apply`, from the schema of its files.

import { type FieldType, poolSchema, type Schema } from '../cli/run/apply/schema.ts';
import { type Block, code, heading, type Page, terms, text } from './page.ts';

const EXAMPLE = `networks:
  - name: backup
    mtu: 9000
bonds:
  - network: trunk
    members: [eth2, eth3]
    mode: lacp
vlans:
  - network: office
    tag: 100
    on: eth1
  - network: "lab-{tag}"
    tag: 200-239
    on: trunk
srs:
  - name: shelf
    type: nfs
    shared: true
    device-config: { server: 192.0.2.1, serverpath: /shelf }
    default: true
vms:
  - name: web1
    template: Debian Bookworm 12
    memory: 2GiB
    vcpus: 2
    disks:
      - size: 20GiB
    nics:
      - network: office
    power: running`;

export const applyPage = (): Page => ({
  name: 'xcp apply',
  section: 5,
  summary: 'A pool as a file declares it.',
  blocks: [
    heading('Usage'),
    code('xcp apply -f pool.yaml --dry-run\nxcp apply -f pool.yaml'),
    text(
      'The file is checked and compared with the pool. Whatever is wrong, in the file or because of how the pool is, is told by line and path, all at once, and then nothing is changed. Else the differences are worked through in the order in which one needs the other; applied again the file changes nothing. `--dry-run` prints the plan as a diff and stops: `+` is made, `~` is changed. `-f -` reads what is typed in. `-o json` prints the plan, or what became of it, as data.',
    ),
    text(
      'Things are found by name; devices of a VM by their number. What the file does not name stays as it is, and nothing is ever removed. A field that is left out is not compared. What cannot be changed without loss, such as the type of an SR or a smaller disk, is refused.',
    ),
    text(
      'A step that fails is named and the others of its kind are done; what would come after is not begun. A VM that fails while it is made is taken away again. Apply the file again to go on.',
    ),
    heading('Example'),
    code(EXAMPLE),
    ...Object.entries(poolSchema).flatMap(([name, { type, doc }]): readonly Block[] => [
      heading(name),
      text(doc),
      terms(fieldTerms(type.of, '')),
    ]),
    heading('Secrets'),
    text(
      'Values of keys that are called password, secret or the like are not shown. They need not stand in the file: a key of `device-config` that ends in `-filename` takes the content of that file.',
    ),
  ],
});

/** Fields, and below a list of objects the fields of these. */
const fieldTerms = (schema: Schema, above: string): readonly (readonly [string, string])[] =>
  Object.entries(schema).flatMap(([name, { type, required, doc }]): readonly (readonly [string, string])[] => [
    [`${above}${name}`, `${kindText(type)}${required === true ? ', required' : ''}: ${doc}.`],
    ...(type.kind === 'items' ? fieldTerms(type.of, `${above}${name}[].`) : []),
  ]);

const kindText = (type: FieldType): string => {
  switch (type.kind) {
    case 'integer':
      return `number from ${type.min} to ${type.max}`;
    case 'range':
      return `number from ${type.min} to ${type.max} or a range`;
    case 'choice':
      return type.of.join(' | ');
    case 'size':
      return 'size (bytes, or with KiB, MiB, GiB, TiB)';
    case 'flag':
      return 'true or false';
    case 'texts':
      return 'list of texts';
    case 'map':
      return 'keys and values';
    case 'items':
      return 'list';
    case 'text':
      return 'text';
    default:
      return type satisfies never;
  }
};
