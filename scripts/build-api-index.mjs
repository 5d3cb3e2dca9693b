/**
 * Makes dist/api/descriptors.bin from api/envoy-*.binpb.gz: the same descriptors, arranged so that a
 * configuration pays only for the messages that it uses (read by src/api/descriptor_index.ts).
 *
 *   u32  length of the text, little endian
 *   text a line for each package, file, message and enum; top-level ones only:
 *          !<package>
 *          :<file> <2|3: its syntax>
 *          m<name> <offset> <length> [<full name of the message of the next API version>]
 *          e<name> <offset> <length>
 *   then the DescriptorProto and EnumDescriptorProto bytes; offsets count from here
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs/minimal.js';

const root = new URL('..', import.meta.url);

/** [field number, value] of a message's bytes; only what descriptors are made of. */
function* fieldsOf(bytes) {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) yield [tag >>> 3, reader.bytes()];
    else if ((tag & 7) === 0) yield [tag >>> 3, reader.uint32()];
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
}

const text = (bytes) => Buffer.from(bytes).toString('utf8');
const first = (bytes, number) => {
  for (const [n, value] of fieldsOf(bytes)) if (n === number) return value;
  return undefined;
};

/** udpa.annotations.versioning and xds.annotations.v3.versioning: {1: previous_message_type} */
function previousOf(message) {
  const options = first(message, 7);
  if (options === undefined) return undefined;
  const annotation = first(options, 7881811) ?? first(options, 92389011);
  const name = annotation && first(annotation, 1);
  return name && text(name);
}

/** Every message in a message, itself included, with its full name. */
function* nestedOf(message, prefix) {
  const fullName = `${prefix}.${text(first(message, 1))}`;
  yield [fullName, message];
  for (const [number, value] of fieldsOf(message)) if (number === 3) yield* nestedOf(value, fullName);
}

function readFiles(set) {
  const files = [];
  for (const [, bytes] of fieldsOf(set)) {
    const file = { name: '', package: '', syntax: 2, messages: [], enums: [] };
    for (const [number, value] of fieldsOf(bytes)) {
      if (number === 1) file.name = text(value);
      else if (number === 2) file.package = text(value);
      else if (number === 4) file.messages.push(value);
      else if (number === 5) file.enums.push(value);
      else if (number === 12) file.syntax = text(value) === 'proto3' ? 3 : 2;
    }
    if (/[A-Z]/.test(file.package)) throw new Error(`${file.name}: a package name with capitals`);
    files.push(file);
  }
  return files;
}

/** The former name of every message that has one → its present name. */
function nextVersions(files) {
  const next = new Map();
  for (const file of files) {
    for (const message of file.messages) {
      for (const [fullName, nested] of nestedOf(message, file.package)) {
        const previous = previousOf(nested);
        if (previous !== undefined && !next.has(previous)) next.set(previous, fullName);
      }
    }
  }
  return next;
}

/** The bytes of the index for a gzipped FileDescriptorSet. */
export function makeIndex(gzipped) {
  const files = readFiles(gunzipSync(gzipped));
  const next = nextVersions(files);
  const packages = groupByPackage(files);
  const lines = [];
  const chunks = [];
  let offset = 0;
  const add = (kind, bytes, suffix) => {
    lines.push(`${kind}${text(first(bytes, 1))} ${offset} ${bytes.length}${suffix}`);
    chunks.push(bytes);
    offset += bytes.length;
  };
  for (const [name, members] of packages) {
    lines.push(`!${name}`);
    for (const file of members) {
      lines.push(`:${file.name} ${file.syntax}`);
      for (const message of file.messages) {
        const successor = successorOf(message, file.package, next);
        add('m', message, successor === undefined ? '' : ` ${successor}`);
      }
      for (const each of file.enums) add('e', each, '');
    }
  }
  const head = Buffer.from(`\n${lines.join('\n')}\n`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...chunks]);
}

/**
 * The next version of a top-level message. Those of the messages in it must have the same place in it, as the
 * index does not name them.
 */
function successorOf(message, packageName, next) {
  const fullNames = [...nestedOf(message, packageName)].map(([fullName]) => fullName);
  const top = fullNames[0];
  const successor = next.get(top);
  for (const fullName of fullNames) {
    const own = next.get(fullName);
    if (own !== undefined && own !== successor + fullName.slice(top.length)) {
      throw new Error(`${fullName} became ${own}, which is elsewhere than its parent's next version`);
    }
  }
  return successor;
}

function groupByPackage(files) {
  const packages = new Map();
  for (const file of files) packages.set(file.package, [...(packages.get(file.package) ?? []), file]);
  return packages;
}

/** Writes the index to dist/api/. */
export function buildApiIndex() {
  const folder = new URL('api/', root);
  const [source, ...others] = readdirSync(folder).filter((name) => name.endsWith('.binpb.gz'));
  if (source === undefined || others.length > 0) throw new Error('api/ must hold one *.binpb.gz');
  const index = makeIndex(readFileSync(new URL(source, folder)));
  mkdirSync(new URL('dist/api/', root), { recursive: true });
  writeFileSync(new URL('dist/api/descriptors.bin', root), index);
  return index;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const index = buildApiIndex();
  process.stdout.write(`dist/api/descriptors.bin: ${index.length} bytes\n`);
}
