import t from 'tap';
import type { CompiledResource, Fixup } from '../../src/config/compiled.ts';
import { pack } from '../../src/config/pack.ts';
import { unpackResource } from '../../src/config/packed_resource.ts';

/** As it arrives in another thread. */
function sent<T>(value: T): { value: T; kept: ArrayBuffer; passing: ArrayBuffer } {
  const { kept, passing } = pack(value);
  const copy = structuredClone({ value, kept, passing }, { transfer: [kept, passing] });
  t.equal(kept.byteLength + passing.byteLength, 0, 'both were transferred');
  return copy;
}

t.test('all bytes end up in one buffer that can be transferred', (t) => {
  const make = () => ({
    a: new Uint8Array([1, 2, 3]),
    list: [{ b: new Uint8Array(0) }, new Uint8Array([4])],
    map: new Map([['k', new Uint8Array([9])]]),
    n: null,
    s: 'x',
  });
  const { value, kept } = sent(make());
  t.same(value, make());
  t.equal(kept.byteLength, 16);
  t.equal(value.a.buffer, kept);
  t.equal((value.list[1] as Uint8Array).buffer, kept);
  t.end();
});

t.test('bytes that are parts of others are there once', (t) => {
  const whole = new Uint8Array(1000).map((_, i) => i);
  const other = new Uint8Array(new Uint8Array([7, 7, 1, 2, 7]).buffer, 2, 2);
  const { value, kept } = sent({ part: whole.subarray(100, 110), whole, other, end: whole.subarray(999) });
  t.equal(kept.byteLength, 1008);
  t.same([...value.part], [...whole.subarray(100, 110)]);
  t.same([...value.end], [999 & 255]);
  t.same([...value.whole], [...whole]);
  t.same([...value.other], [1, 2], 'of what is not there as a whole only the part');
  t.end();
});

const FIXUPS: Fixup[] = [
  { kind: 'ref', offset: 4, record: 0 },
  { kind: 'id', offset: 8, target: 3, name: 'größer' },
  { kind: 'stats', offset: 12, group: 70_000, name: '' },
  { kind: 'regex', offset: 16, patterns: ['a+', '日本'], ignoreCase: true },
  { kind: 'regex', offset: 20, patterns: [], ignoreCase: false },
  { kind: 'tls', offset: 24, spec: new Uint8Array([1, 2, 3]) },
  { kind: 'socket', offset: 28, address: 1 },
];
const resource = (size: number): CompiledResource => ({
  records: [
    { kind: 5, bytes: new Uint8Array(size).fill(size), fixups: [], hash: 'child' },
    { kind: 1, bytes: new Uint8Array([1]), fixups: FIXUPS, hash: '' },
  ],
});

t.test('compiled resources cross as bytes', (t) => {
  // Larger than the first buffer, too.
  const sizes = [0, 5, 100_000, 3];
  const { value, passing } = sent({
    list: sizes.map((size) => ({ compiled: resource(size), bytes: new Uint8Array([size & 255]) })),
  });
  value.list.forEach(({ compiled, bytes }, i) => {
    const packed = compiled as unknown as Uint8Array;
    t.ok(packed instanceof Uint8Array);
    t.equal(packed.buffer, passing);
    t.not(bytes.buffer, passing, 'what is kept does not hold what is let go');
    t.same(unpackResource(packed), resource(sizes[i] as number));
  });
  const [record] = unpackResource(value.list[1]?.compiled as unknown as Uint8Array).records;
  record?.bytes.slice().fill(9);
  t.same(unpackResource(value.list[1]?.compiled as unknown as Uint8Array), resource(5), 'slice() is a copy');
  t.end();
});
