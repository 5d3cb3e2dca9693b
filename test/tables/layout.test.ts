import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t, { type Test } from 'tap';
import { buildModel } from '../../scripts/layout/model.ts';
import type { CompiledRecord } from '../../src/config/compiled.ts';
import { AddressFamily, EXTENSION_IDS, RecordKind, writeRecord } from '../../src/tables/generated/layout.ts';
import { readRecord } from '../../src/tables/reader.ts';
import { randomRecord, recordNames, write } from './random_record.ts';
import { Random } from './route_fixtures.ts';

const last = (records: readonly CompiledRecord[]): CompiledRecord => records.at(-1) as CompiledRecord;
const NATIVE = process.env.ATTACHE_NATIVE_BUILD ?? new URL('../../build/native', import.meta.url).pathname;
const PROGRAM = `${NATIVE}/verify_records`;

t.test('what is generated is what the schema says', (t) => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/gen-layout.ts', '--check'], {
    encoding: 'utf8',
  });
  t.equal(run.stderr.replace(/^npm warn.*\n/gm, ''), '');
  t.equal(run.status, 0);
  t.end();
});

t.test('random records read back as they were written', (t) => {
  const random = new Random(20);
  for (let round = 0; round < 200; round++) {
    for (const kind of recordNames) {
      const { input, expected } = randomRecord(kind, random);
      const record = last(write(kind, input));
      const back = readRecord(record);
      if (back.kind === kind && t.strictSame(back.value, expected)) continue;
      t.comment(`round ${round} of ${kind}`);
      return t.end();
    }
  }
  t.end();
});

t.test('the same content makes the same bytes', (t) => {
  const make = () => {
    const random = new Random(7);
    return recordNames.map((kind) => write(kind, randomRecord(kind, random).input));
  };
  t.strictSame(make(), make());
  t.end();
});

t.test('header, sizes, equal texts', (t) => {
  const record = last(writeRecord('Cluster', { name: 'backend' }));
  const view = new DataView(record.bytes.buffer, record.bytes.byteOffset, record.bytes.byteLength);
  t.equal(record.kind, RecordKind.Cluster);
  t.equal(view.getUint32(0, true), RecordKind.Cluster);
  t.equal(view.getUint32(4, true), record.bytes.length);
  t.equal(record.bytes.length % 8, 0);
  t.equal(record.bytes.byteOffset % 8, 0);

  const name = 'a name of some length that is there twice';
  const twice = last(writeRecord('Listener', { name, stat_prefix: name }));
  const other = last(writeRecord('Listener', { name, stat_prefix: name.replace('twice', 'once!') }));
  t.equal(Buffer.from(twice.bytes).toString('latin1').split(name).length - 1, 1);
  t.ok(twice.bytes.length < other.bytes.length);
  t.same(readRecord(twice).value, { name, stat_prefix: name });
  t.end();
});

t.test('records larger than the first buffer; records that do not disturb each other', (t) => {
  const small = last(writeRecord('Cluster', { name: 'small' }));
  const hosts = Array.from({ length: 5000 }, (_, i) => ({
    address: { family: AddressFamily.Ipv4, ip: Uint8Array.of(10, i >> 16, i >> 8, i & 255), port: 1 + i },
    hostname: `host-${i}.пример`,
    weight: i + 1,
  }));
  const large = last(writeRecord('Endpoints', { cluster_name: 'big', hosts }));
  const next = last(writeRecord('Cluster', { name: 'next' }));
  t.ok(large.bytes.length > 300_000);
  const back = readRecord(large).value.hosts as { hostname: string; weight: number }[];
  t.strictSame(
    back.map(({ hostname, weight }) => [hostname, weight]),
    hosts.map(({ hostname, weight }) => [hostname, weight]),
  );
  t.same(readRecord(small).value, { name: 'small' });
  t.same(readRecord(next).value, { name: 'next' });
  t.end();
});

t.test('a writer that throws leaves the next one in order', (t) => {
  const broken = { name: 'x', hosts: 5 } as unknown as { cluster_name: string };
  t.throws(() => writeRecord('Endpoints', { ...broken, localities: [null as never] }));
  t.same(readRecord(last(writeRecord('Cluster', { name: 'fine' }))).value, { name: 'fine' });
  t.end();
});

t.test('records within records', (t) => {
  const host = (name: string) => writeRecord('VirtualHost', { name });
  const a = host('a');
  const config = writeRecord('RouteConfig', {
    name: 'rc',
    virtual_hosts: [{ host: a }, { host: host('b') }, { host: a }],
  });
  t.equal(config.length, 3, 'the same object is there once');
  t.strictSame(
    last(config).fixups.map((fixup) => (fixup.kind === 'ref' ? fixup.record : -1)),
    [0, 1, 0],
  );
  t.not(config[0]?.hash, '');
  t.not(config[0]?.hash, config[1]?.hash);
  t.equal(config[0]?.hash, writeRecord('RouteConfig', { virtual_hosts: [{ host: host('a') }] })[0]?.hash);

  // A tree of four levels: places in the list follow those of the child's own children.
  const listener = writeRecord('Listener', {
    name: 'l',
    filter_chains: [
      {
        chain: writeRecord('FilterChain', {
          filters: [
            { config: { struct: 'HttpConnectionManager', value: { inline_routes: config } } },
            {
              config: {
                struct: 'HttpConnectionManager',
                value: {
                  inline_routes: writeRecord('RouteConfig', { virtual_hosts: [{ host: host('c') }] }),
                },
              },
            },
          ],
        }),
      },
    ],
  });
  t.strictSame(
    listener.map(({ kind, fixups }) => [kind, fixups.map((f) => (f.kind === 'ref' ? f.record : f.kind))]),
    [
      [RecordKind.VirtualHost, []],
      [RecordKind.VirtualHost, []],
      [RecordKind.RouteConfig, [0, 1, 0]],
      [RecordKind.VirtualHost, []],
      [RecordKind.RouteConfig, [3]],
      [RecordKind.FilterChain, [2, 4]],
      [RecordKind.Listener, [5]],
    ],
  );
  t.end();
});

t.test('hashes tell children apart by everything', (t) => {
  const hash = (value: Parameters<typeof writeRecord<'VirtualHost'>>[1]) =>
    writeRecord('RouteConfig', { virtual_hosts: [{ host: writeRecord('VirtualHost', value) }] })[0]?.hash;
  const route = (cluster: string) => ({ routes: [{ cluster }] });
  t.equal(hash(route('a')), hash(route('a')));
  t.not(hash(route('a')), hash(route('b')), 'a name that is resolved later counts');
  t.not(hash({ name: 'a' }), hash({ name: 'b' }));
  const regex = (pattern: string) => ({ routes: [{ path_regex: { patterns: [pattern] } }] });
  t.not(hash(regex('a')), hash(regex('b')));
  t.end();
});

t.test('layout rules', (t) => {
  const fields = { small: 'u8', wide: 'u64', word: 'u32', flag: 'bool', text: 'str' };
  const model = buildModel([
    { structs: { A: { record: true, fields }, B: { fields: { a: 'u8', b: 'u16' } } } },
  ]);
  t.strictSame(
    model.structs.map((s) => [s.name, s.size, s.align, s.fields.map((f) => f.offset)]),
    [
      ['A', 40, 8, [8, 16, 24, 28, 32]],
      ['B', 4, 2, [0, 2]],
    ],
  );
  const bad = (structs: Record<string, Record<string, string>>) => () =>
    buildModel([
      { structs: Object.fromEntries(Object.entries(structs).map(([name, f]) => [name, { fields: f }])) },
    ]);
  t.throws(bad({ A: { a: 'u9' } }), { message: 'A.a has the unknown type u9' });
  t.throws(bad({ A: { a: 'enum:None' } }), { message: 'A.a has the unknown type enum:None' });
  t.throws(bad({ A: { a: 'vec:None' } }), { message: 'A.a has the unknown type vec:None' });
  t.throws(bad({ A: { a: 'opt:None' } }), { message: 'A.a has the unknown type opt:None' });
  t.throws(bad({ A: { a: 'ref:A' } }), { message: 'A.a has the unknown type ref:A' });
  t.throws(bad({ A: { a: 'struct:None' } }), { message: 'unknown struct None' });
  t.throws(bad({ A: { a: 'struct:B' }, B: { b: 'struct:A' } }), { message: 'struct A holds itself' });
  const a = { structs: { A: { fields: {} } } };
  t.throws(() => buildModel([a, a]), { message: 'struct A is declared twice' });
  t.doesNotThrow(bad({ A: { a: 'opt:A', b: 'vec:A' } }));
  t.end();
});

t.test('extensions have numbers', (t) => {
  const numbers = Object.values(EXTENSION_IDS) as number[];
  t.equal(new Set(numbers).size, numbers.length);
  t.notOk(numbers.includes(0));
  t.end();
});

const missing = existsSync(PROGRAM) ? false : `no ${PROGRAM}: build the native tests first`;

function verdicts(t: Test, records: readonly Uint8Array[]): string[] {
  const parts = records.flatMap((bytes) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bytes.length);
    return [size, bytes];
  });
  const run = spawnSync(PROGRAM, { input: Buffer.concat(parts), maxBuffer: 1 << 28, encoding: 'utf8' });
  t.equal(run.status, 0, `ends well ${run.stderr.slice(-500)}`);
  return run.stdout.trimEnd().split('\n');
}

t.test('the native verifier takes what the writers write', { skip: missing }, (t) => {
  const random = new Random(4);
  const records = Array.from({ length: 300 }, () => {
    const kind = random.pick(recordNames);
    return last(write(kind, randomRecord(kind, random).input)).bytes;
  });
  const answers = verdicts(t, records);
  t.equal(answers.length, records.length);
  t.strictSame([...new Set(answers)], ['ok']);
  t.end();
});

t.test('damaged records are refused or can be read', { skip: missing }, (t) => {
  const random = new Random(5);
  const damaged = Array.from({ length: 3000 }, () => {
    const kind = random.pick(recordNames);
    const bytes = last(write(kind, randomRecord(kind, random).input)).bytes.slice();
    for (let n = 1 + random.below(4); n > 0; n--)
      bytes[8 + random.below(bytes.length - 8)] = random.below(256);
    return bytes;
  });
  const answers = verdicts(t, damaged);
  t.equal(answers.length, damaged.length);
  const refused = answers.filter((answer) => answer !== 'ok').length;
  t.ok(refused > 500 && refused < 3000, `${refused} refused`);
  t.end();
});
