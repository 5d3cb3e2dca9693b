import { anyText } from './json_text.ts';
import { decode, type JsonObject, messageJson, timestamp } from './proto.ts';

/** Numbers of fields in envoy.config.bootstrap.v3.Bootstrap and its StaticResources. */
const STATIC_RESOURCES = 2;
const LISTENERS = 1;
const CLUSTERS = 2;
const LENGTH_DELIMITED = 2;

type Field = {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
};

/** The fields of a message on the wire: where each begins, and where its content is. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const wire = tag % 8;
    let from = at;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else {
      const length = varint();
      from = at;
      at += length;
    }
    yield { number: Math.floor(tag / 8), wire, start, from, to: at };
  }
}

/** The bytes without the fields that `take` wants, which it is given. */
function without(bytes: Uint8Array, take: (field: Field) => boolean): Uint8Array {
  const kept: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) if (!take(field)) kept.push(bytes.subarray(field.start, field.to));
  return Buffer.concat(kept);
}

/** A bootstrap taken apart: its static listeners and clusters may be thousands. */
function apart(bytes: Uint8Array): {
  rest: Uint8Array;
  resources: Uint8Array;
  lists: Record<number, Uint8Array[]>;
} {
  const parts: Uint8Array[] = [];
  const rest = without(bytes, ({ number, wire, from, to }) => {
    const found = number === STATIC_RESOURCES && wire === LENGTH_DELIMITED;
    if (found) parts.push(bytes.subarray(from, to));
    return found;
  });
  const lists: Record<number, Uint8Array[]> = { [LISTENERS]: [], [CLUSTERS]: [] };
  // A message that comes in parts is their sum.
  const whole = Buffer.concat(parts);
  const resources = without(whole, ({ number, from, to }) => {
    lists[number]?.push(whole.subarray(from, to));
    return lists[number] !== undefined;
  });
  return { rest, resources, lists };
}

function* list(name: string, type: string, items: readonly Uint8Array[]): Generator<string> {
  for (const [i, bytes] of items.entries()) {
    yield `${i === 0 ? `     "${name}": [\n` : ',\n'}      ${anyText(6, messageJson(decode(type, bytes)))}`;
  }
  if (items.length > 0) yield '\n     ]';
}

/** The bootstrap as a section of a dump, one static resource at a time. */
export function* bootstrapText(bytes: Uint8Array, loaded: number): Generator<string> {
  const { rest, resources, lists } = apart(bytes);
  const { node, ...fields } = messageJson(decode('envoy.config.bootstrap.v3.Bootstrap', rest));
  const more = messageJson(decode('envoy.config.bootstrap.v3.Bootstrap.StaticResources', resources));
  yield '  {\n   "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",\n   "bootstrap": {';
  let separator = '\n';
  if (node !== undefined) {
    yield `\n    "node": ${anyText(4, node)}`;
    separator = ',\n';
  }
  const all = [
    ['listeners', 'envoy.config.listener.v3.Listener', lists[LISTENERS] ?? []],
    ['clusters', 'envoy.config.cluster.v3.Cluster', lists[CLUSTERS] ?? []],
  ] as const;
  let inner = '\n';
  for (const [name, type, items] of all) {
    if (items.length === 0) continue;
    yield inner === '\n' ? `${separator}    "static_resources": {\n` : ',\n';
    yield* list(name, type, items);
    inner = ',\n';
  }
  const others = members(5, more);
  if (others !== '') yield `${inner === '\n' ? `${separator}    "static_resources": {\n` : ',\n'}${others}`;
  if (inner !== '\n' || others !== '') {
    yield '\n    }';
    separator = ',\n';
  }
  const last = members(4, fields);
  yield last === '' ? '' : `${separator}${last}`;
  yield `${last === '' && separator === '\n' ? '' : '\n   '}},\n   "last_updated": "${timestamp(loaded)}"\n  }`;
}

/** The members of an object, each on lines of its own at this depth. */
function members(depth: number, object: JsonObject): string {
  const pad = ' '.repeat(depth);
  return Object.entries(object)
    .map(([key, value]) => `${pad}${JSON.stringify(key)}: ${anyText(depth, value)}`)
    .join(',\n');
}
