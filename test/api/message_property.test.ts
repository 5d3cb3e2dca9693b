import t from 'tap';
import type { MessageDesc } from '../../src/api/descriptor.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { encodeJson } from '../../src/api/json_encode.ts';
import type { Message } from '../../src/api/message.ts';
import { decodeWire, encodeWire, WireError } from '../../src/api/wire.ts';
import { pool, Random } from './api_fixtures.ts';
import { MessageMaker } from './random_message.ts';

/** Every message of the API, nested ones too; entries of maps are not messages of their own. */
const all: MessageDesc[] = [];
const visit = (name: string): void => {
  const desc = pool.message(name);
  if (desc === undefined) throw new Error(`no ${name}`);
  all.push(desc);
  for (const nested of desc.nestedNames) visit(nested);
};
for (const name of pool.messageNames()) visit(name);

const ANY_TYPES = [
  'envoy.config.cluster.v3.Cluster',
  'envoy.config.route.v3.RouteConfiguration',
  'xds.type.v3.TypedStruct',
  'google.protobuf.Duration',
  'google.protobuf.Struct',
  'google.protobuf.Value',
  'google.protobuf.BytesValue',
  'google.protobuf.Empty',
  'google.protobuf.Any',
  'validate.FieldRules',
];

const made = (seed: number, desc: MessageDesc): Message =>
  new MessageMaker(pool, new Random(seed), ANY_TYPES).message(desc, 4);

/** Runs `check` on random messages of all types; names the first that fails. */
function every(check: (message: Message) => string | undefined): string | undefined {
  for (const [i, desc] of all.entries()) {
    for (let round = 0; round < 2; round++) {
      const seed = i * 7919 + round * 104729 + 1;
      const fault = check(made(seed, desc));
      if (fault !== undefined) return `${desc.fullName}, seed ${seed}: ${fault}`;
    }
  }
  return undefined;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

t.test('wire → message → wire', async (t) => {
  let longest = 0;
  const fault = every((message) => {
    const bytes = encodeWire(pool, message);
    longest = Math.max(longest, bytes.length);
    const unknown: string[] = [];
    const back = decodeWire(pool, message.$type, bytes, {
      onUnknown: (type, number) => unknown.push(`${type} ${number}`),
    });
    if (unknown.length > 0) return `unknown ${unknown.join()}`;
    return same(encodeWire(pool, back), bytes) ? undefined : 'other bytes';
  });
  t.equal(fault, undefined);
  t.ok(longest > 1000, `up to ${longest} bytes`);
});

for (const camelCase of [false, true]) {
  t.test(`message → JSON text → message, ${camelCase ? 'camelCase' : 'snake_case'}`, async (t) => {
    const fault = every((message) => {
      const json = JSON.stringify(encodeJson(pool, message, { camelCase }));
      const diagnostics = new Diagnostics();
      const back = decodeJson(pool, message.$type, JSON.parse(json), { diagnostics });
      const [first] = diagnostics.list;
      if (first !== undefined) return `${first.path.join('.')}: ${first.message} in ${json}`;
      return same(encodeWire(pool, back), encodeWire(pool, message)) ? undefined : `changed by ${json}`;
    });
    t.equal(fault, undefined);
  });
}

t.test('damaged bytes are refused or read, never more than that', async (t) => {
  const random = new Random(11);
  let refused = 0;
  const fault = every((message) => {
    const bytes = encodeWire(pool, message);
    if (bytes.length === 0) return undefined;
    for (let i = 0; i < 3; i++) bytes[random.below(bytes.length)] = random.below(256);
    try {
      const read = decodeWire(pool, message.$type, bytes);
      encodeWire(pool, read);
      JSON.stringify(encodeJson(pool, read));
    } catch (error) {
      if (!(error instanceof WireError)) return String(error);
      refused++;
    }
    return undefined;
  });
  t.equal(fault, undefined);
  t.ok(refused > 500, `${refused} refused`);
});

t.test('any JSON at all gives findings, not exceptions', async (t) => {
  const random = new Random(5);
  const values = [
    null,
    true,
    0,
    -1.5,
    2 ** 40,
    '',
    'x',
    '1s',
    [],
    {},
    [[]],
    { a: 1 },
    '1970-01-01T00:00:00Z',
  ];
  const junk = (desc: MessageDesc, depth: number): unknown => {
    if (depth === 0 || random.chance(0.3)) return random.pick(values);
    const out: Record<string, unknown> = {};
    for (const field of desc.fields) {
      if (random.chance(0.5)) continue;
      const inner = (field.map?.value ?? field).message;
      const value = inner === undefined ? random.pick(values) : junk(inner, depth - 1);
      out[random.pick([field.name, field.jsonName])] = random.chance(0.2) ? [value, { k: value }] : value;
    }
    if (random.chance(0.2))
      out[random.pick(['nothing', '@type', '__proto__', 'value'])] = random.pick(values);
    return out;
  };
  let findings = 0;
  for (const desc of all) {
    const diagnostics = new Diagnostics();
    const message = decodeJson(pool, desc.fullName, junk(desc, 3), { diagnostics });
    findings += diagnostics.list.length;
    encodeWire(pool, message);
    encodeJson(pool, message, { redactSensitive: true });
  }
  t.ok(findings > 1000, `${findings} findings`);
});
