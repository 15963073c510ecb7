// `ova.xml`, the first file of an export: which version wrote it, and the records of all objects as one value of XML-RPC. References between
// them are names that hold within the document only (`Ref:0`); what is not in it, is referred to as null.

import { setImmediate as turn } from 'node:timers/promises';
import { XenError } from '../../model/error.ts';
import { type ClassName, classes, decodeValue, encodeXml, fieldDefaults, isClassName, schema, ValueError } from '../../model/index.ts';
import type { WrittenObject, XvaDocument, XvaObject } from '../../ops/xva/objects.ts';
import { parseValue, ProtocolError, serializeValue } from '../../wire/xmlrpc.ts';

export const DOCUMENT_NAME = 'ova.xml';

/** The version of the layout that is written. */
const EXPORT_VERSION = 2;
/** Of the interface. Old hosts refuse files of newer versions by it; what is written here has been read since the first. */
const INTERFACE_VERSION = { major: 1, minor: 0 } as const;

export interface Writer {
  readonly hostName: string;
  readonly productVersion: string;
  readonly productBrand: string;
  readonly buildNumber: string;
  readonly date: string;
}

/** Objects that are written before others get a turn. */
const AT_ONCE = 64;

/** The document in pieces. That of a whole pool is large: it is made bit by bit. */
export const writeDocument = async (writer: Writer, objects: readonly WrittenObject[]): Promise<readonly Buffer[]> => {
  const version = serializeValue({
    hostname: writer.hostName,
    date: writer.date,
    product_version: writer.productVersion,
    product_brand: writer.productBrand,
    build_number: writer.buildNumber,
    xapi_major: String(INTERFACE_VERSION.major),
    xapi_minor: String(INTERFACE_VERSION.minor),
    export_vsn: String(EXPORT_VERSION),
  });
  const pieces = [
    Buffer.from(`<value><struct><member><name>version</name>${version}</member><member><name>objects</name><value><array><data>`),
  ];
  for (const [i, { cls, id, record }] of objects.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await turn();
    pieces.push(Buffer.from(serializeValue({ class: cls, id, snapshot: encodeXml({ kind: 'record', cls }, record, schema) })));
  }
  pieces.push(Buffer.from('</data></array></value></member></struct></value>'));
  return pieces;
};

const notXva = (reason: string, cause?: unknown): XenError =>
  new XenError('IMPORT_ERROR', [`The description of the VM (${DOCUMENT_NAME}) cannot be used: ${reason}`], { cause });

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

/** Classes that an import makes something of. */
const used: ReadonlySet<string> = new Set<ClassName>(['host', 'VM', 'VM_guest_metrics', 'VBD', 'VIF', 'network', 'VDI', 'SR']);

/** Fields of another version are passed over; values that this model does not have are as if they had not been told. */
const recordOf = <C extends ClassName>(cls: C, snapshot: object): Pick<XvaObject<C>, 'record' | 'told'> => {
  const told: [string, unknown][] = [];
  for (const field of classes[cls].fields.values()) {
    const value = member(snapshot, field.name);
    if (value === undefined) continue;
    try {
      told.push([field.name, decodeValue(field.type, value, { path: `${cls}.${field.name}`, schema })]);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
    }
  }
  return { record: { ...fieldDefaults(cls), ...Object.fromEntries(told) }, told: new Set(told.map(([name]) => name)) };
};

const objectOf = (value: unknown): readonly XvaObject[] => {
  const [cls, id, snapshot] = [member(value, 'class'), member(value, 'id'), member(value, 'snapshot')];
  if (typeof cls !== 'string' || typeof id !== 'string' || typeof snapshot !== 'object' || snapshot === null)
    throw notXva('an object in it has no class, id or record');
  if (!isClassName(cls) || !used.has(cls)) return [];
  return [{ cls, id, ...recordOf(cls, snapshot) }];
};

/** Throws IMPORT_ERROR for what is none, IMPORT_INCOMPATIBLE_VERSION for a layout of another time. */
export const readDocument = (text: string): XvaDocument => {
  let value: unknown;
  try {
    value = parseValue(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw notXva(error.message, error);
    throw error;
  }
  const [version, objects] = [member(value, 'version'), member(value, 'objects')];
  if (version === undefined || !Array.isArray(objects)) throw notXva('it has no version or no objects');
  const exportVersion = Number(member(version, 'export_vsn') ?? 0);
  if (!(exportVersion >= 1 && exportVersion <= EXPORT_VERSION)) throw new XenError('IMPORT_INCOMPATIBLE_VERSION');
  const read = objects.flatMap(objectOf);
  if (new Set(read.map(({ id }) => id)).size < read.length) throw notXva('two objects in it have the same id');
  return { exportVersion, objects: read };
};
