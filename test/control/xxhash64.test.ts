import t from 'tap';
import { xxhash64 } from '../../src/xxhash64.ts';

t.test('known answers', (t) => {
  t.equal(xxhash64(''), 17241709254077376921n);
  t.equal(xxhash64('7'), 1750302349509622455n);
  t.equal(xxhash64('3'), 2744517546871237796n);
  t.equal(xxhash64('Nobody inspects the spammish repetition'), 0xfbcea83c8a378bf1n);
  t.end();
});
