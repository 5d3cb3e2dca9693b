import t from 'tap';
import { packBytes } from '../../src/config/pack.ts';

t.test('all bytes end up in one buffer that can be transferred', (t) => {
  const map = new Map([['k', new Uint8Array([9])]]);
  const value = {
    a: new Uint8Array([1, 2, 3]),
    list: [{ b: new Uint8Array(0) }, new Uint8Array([4])],
    map,
    n: null,
    s: 'x',
  };
  const buffer = packBytes(value);
  t.equal(buffer.byteLength, 16);
  const sent = structuredClone(value, { transfer: [buffer] });
  t.equal(buffer.byteLength, 0);
  t.same(sent, {
    a: new Uint8Array([1, 2, 3]),
    list: [{ b: new Uint8Array(0) }, new Uint8Array([4])],
    map,
    n: null,
    s: 'x',
  });
  t.equal(sent.a.buffer, (sent.list[1] as Uint8Array).buffer);
  t.end();
});
