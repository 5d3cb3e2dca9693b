/**
 * Makes dist/api/descriptors.txt from api/envoy-*.binpb.gz: what Envoy's API consists of, as lines of text that
 * are read only as far as a configuration uses them (by src/api/descriptor_index.ts and descriptor_read.ts).
 * Reading descriptor.proto's own encoding at start takes several times as long. The lines, words with blanks
 * between them:
 *
 *   attache-api 1 <length of the index>
 *   the index:
 *     !<package>
 *     :<file> <2|3: its syntax>
 *     m<message, Outer.Inner when nested> <offset> <length> [<full name of its next version>]
 *     e<enum> <offset> <length>
 *   the blocks, to which the offsets lead:
 *     of a message: a line of flags and words for itself, then one for each field
 *       <flags> [p=<full name of its former version>] [o=<oneof>[!]]...
 *         flags: - none, d deprecated, w work in progress, v validation disabled; !: one of it is required
 *       <name> <number> <type> <flags> [<key>=<word>]...
 *         type: a scalar's, message:<full name>, enum:<full name>, map:<type of key>:<type of value>
 *         flags: r repeated, p packed, h has presence, d deprecated, x disallowed by default, s sensitive, w
 *         keys: o oneof, j JSON name, v deprecated at minor version, k (validate.rules) in base64,
 *               n name and m oneof in the next version
 *     of an enum: <name> <number> <flags> [v=...] for each value
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs/minimal.js';

const root = new URL('..', import.meta.url);

/** FieldDescriptorProto.Type by number; groups do not occur. */
const TYPES =
  ' double float int64 uint64 int32 fixed64 fixed32 bool string - message bytes uint32 enum sfixed32 sfixed64 sint32 sint64'.split(
    ' ',
  );
const NOT_PACKED = ['string', 'bytes', 'message'];
const REPEATED = 3;

/** The extensions of descriptor.proto that are kept, by number: of udpa, xds, validate and envoy.annotations. */
const EXT = {
  validate: 1071,
  validateIgnored: 1072,
  versioning: [7881811, 92389011],
  migrate: [171962766, 112948430],
  status: 226829418,
  sensitive: [76569463, 61008053],
  disallowed: [189503207, 70100853],
  deprecatedAt: [157299826, 181198657],
};

/** [field number, value] of a message's bytes: lengths as bytes, varints as numbers. */
function* fieldsOf(bytes) {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) yield [tag >>> 3, reader.bytes()];
    else if ((tag & 7) === 0) yield [tag >>> 3, reader.uint32()];
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
}

const text = (bytes) => (bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'));
const all = (bytes, number) =>
  bytes === undefined ? [] : [...fieldsOf(bytes)].filter(([n]) => n === number).map(([, value]) => value);
/** The last occurrence of a field, of the first of the numbers that is there. */
const get = (bytes, ...numbers) =>
  numbers.map((number) => all(bytes, number).at(-1)).find((value) => value !== undefined);
const nameOf = (bytes) => text(get(bytes, 1));
/** Letters of what is set; `-` for none. */
const letters = (flags) =>
  Object.keys(flags)
    .filter((letter) => flags[letter])
    .join('') || '-';
/** `key=word` for each word that is there. */
const words = (entries) => entries.filter(([, word]) => word).map(([key, word]) => ` ${key}=${word}`);
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

function readFile(bytes) {
  const pkg = text(get(bytes, 2));
  if (/[A-Z]/.test(pkg)) throw new Error(`${nameOf(bytes)}: a package name with capitals`);
  return {
    name: nameOf(bytes),
    pkg,
    syntax: text(get(bytes, 12)) === 'proto3' ? 3 : 2,
    messages: all(bytes, 4).flatMap((message) => [...withNested(message, '')]),
    enums: [
      ...all(bytes, 5).map((each) => ({ name: nameOf(each), bytes: each })),
      ...all(bytes, 4).flatMap((message) => [...nestedEnums(message, '')]),
    ],
  };
}

const isMapEntry = (message) => get(get(message, 7), 7) === 1;

/** A message and those in it, without the entries of maps. */
function* withNested(bytes, prefix) {
  const name = prefix + nameOf(bytes);
  yield { name, bytes };
  for (const nested of all(bytes, 3)) if (!isMapEntry(nested)) yield* withNested(nested, `${name}.`);
}

function* nestedEnums(bytes, prefix) {
  const name = prefix + nameOf(bytes);
  for (const each of all(bytes, 4)) yield { name: `${name}.${nameOf(each)}`, bytes: each };
  for (const nested of all(bytes, 3)) yield* nestedEnums(nested, `${name}.`);
}

const formerName = (message) => text(get(get(get(message, 7), ...EXT.versioning), 1));

function messageBlock({ bytes }, fullName, syntax) {
  const options = get(bytes, 7);
  const flags = letters({
    d: get(options, 3) === 1,
    w: get(get(options, EXT.status), 1) === 1,
    v: get(options, EXT.validate, EXT.validateIgnored) === 1,
  });
  const oneofs = all(bytes, 8).map((each) => ({
    name: nameOf(each),
    required: get(get(each, 2), EXT.validate) === 1,
  }));
  const entries = new Map(
    all(bytes, 3)
      .filter(isMapEntry)
      .map((nested) => [`.${fullName}.${nameOf(nested)}`, nested]),
  );
  const fields = all(bytes, 2).map((field) => fieldLine(field, { syntax, oneofs, entries }));
  const head = words([
    ['p', formerName(bytes)],
    ...oneofs.map(({ name, required }) => ['o', required ? `${name}!` : name]),
  ]);
  return [flags + head.join(''), ...fields].join('\n');
}

function typeOf(field) {
  const type = TYPES[get(field, 5)];
  if (!type || type === '-') throw new Error(`${nameOf(field)}: a type that is not known`);
  return type === 'message' || type === 'enum' ? `${type}:${text(get(field, 6)).slice(1)}` : type;
}

function fieldLine(field, { syntax, oneofs, entries }) {
  const options = get(field, 8);
  const type = typeOf(field);
  const [kind] = type.split(':');
  const entry = kind === 'message' ? entries.get(text(get(field, 6))) : undefined;
  const many = get(field, 4) === REPEATED;
  const oneofIndex = get(field, 9);
  const repeated = many && entry === undefined;
  const packed = get(options, 2) ?? (syntax === 3 ? 1 : 0);
  const flags = letters({
    r: repeated,
    p: repeated && packed === 1 && !NOT_PACKED.includes(kind),
    h: !many && (kind === 'message' || oneofIndex !== undefined || syntax === 2),
    d: get(options, 3) === 1,
    x: get(options, EXT.disallowed[0]) === 1,
    s: get(options, ...EXT.sensitive) === 1,
    w: get(get(options, EXT.status), 1) === 1,
  });
  const name = nameOf(field);
  const jsonName = text(get(field, 10));
  const migrate = get(options, ...EXT.migrate);
  const rules = get(options, EXT.validate);
  const more = words([
    // `optional` in proto3 makes a oneof of one that is not one of the .proto file
    ['o', oneofIndex !== undefined && get(field, 17) !== 1 && oneofs[oneofIndex].name],
    ['j', jsonName !== camel(name) && jsonName],
    ['v', text(get(options, EXT.deprecatedAt[0]))],
    ['k', rules && Buffer.from(rules).toString('base64')],
    ['n', text(get(migrate, 1))],
    ['m', text(get(migrate, 2))],
  ]);
  const shown = entry === undefined ? type : `map:${all(entry, 2).map(typeOf).join(':')}`;
  return `${name} ${get(field, 3)} ${shown} ${flags}${more.join('')}`;
}

function enumBlock({ bytes }) {
  return all(bytes, 2)
    .map((value) => {
      const options = get(value, 3);
      const flags = letters({ d: get(options, 1) === 1, x: get(options, EXT.disallowed[1]) === 1 });
      const more = words([['v', text(get(options, EXT.deprecatedAt[1]))]]);
      // a negative value is ten bytes, of which the reader keeps the low 32 bits
      return `${nameOf(value)} ${(get(value, 2) ?? 0) | 0} ${flags}${more.join('')}`;
    })
    .join('\n');
}

/** The text for a gzipped FileDescriptorSet. */
export function makeIndex(gzipped) {
  const files = all(gunzipSync(gzipped), 1).map(readFile);
  const next = new Map();
  for (const { pkg, messages } of files) {
    for (const { name, bytes } of messages) {
      const former = formerName(bytes);
      if (former && !next.has(former)) next.set(former, `${pkg}.${name}`);
    }
  }
  const lines = [];
  const blocks = [];
  let offset = 0;
  const add = (kind, name, block, successor) => {
    lines.push(`${kind}${name} ${offset} ${block.length}${successor === undefined ? '' : ` ${successor}`}`);
    blocks.push(block);
    offset += block.length + 1;
  };
  for (const pkg of new Set(files.map((file) => file.pkg))) {
    lines.push(`!${pkg}`);
    for (const file of files.filter((each) => each.pkg === pkg)) {
      lines.push(`:${file.name} ${file.syntax}`);
      for (const message of file.messages) {
        const fullName = `${pkg}.${message.name}`;
        add('m', message.name, messageBlock(message, fullName, file.syntax), next.get(fullName));
      }
      for (const each of file.enums) add('e', each.name, enumBlock(each));
    }
  }
  const index = `${lines.join('\n')}\n`;
  return `attache-api 1 ${index.length}\n${index}${blocks.join('\n')}\n`;
}

/** Writes the text to dist/api/. */
export function buildApiIndex() {
  const folder = new URL('api/', root);
  const [source, ...others] = readdirSync(folder).filter((name) => name.endsWith('.binpb.gz'));
  if (source === undefined || others.length > 0) throw new Error('api/ must hold one *.binpb.gz');
  const index = makeIndex(readFileSync(new URL(source, folder)));
  mkdirSync(new URL('dist/api/', root), { recursive: true });
  writeFileSync(new URL('dist/api/descriptors.txt', root), index, 'latin1');
  return index;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const index = buildApiIndex();
  process.stdout.write(`dist/api/descriptors.txt: ${index.length} bytes\n`);
}
