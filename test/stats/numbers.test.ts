import t from 'tap';
import {
  cumulative,
  DEFAULT_BOUNDS,
  quantilesOf,
  sumOf,
  totalOf,
  widthOf,
} from '../../src/stats/histogram.ts';
import { LocalHistogram } from '../../src/stats/local.ts';
import { general, plainOrExponent, shortest } from '../../src/stats/numbers.ts';

t.test('spellings of numbers', async (t) => {
  const cases: [number, string, string, string][] = [
    [0, '0', '0', '0'],
    [0.5, '0.5', '0.5', '0.5'],
    [1.0666666666666667, '1.0666666666666667', '1.0666666666666667', '1.06667'],
    [300_000, '300000', '3e+05', '300000'],
    [1_800_000, '1800000', '1800000', '1.8e+06'],
    [1e9, '1000000000', '1e+09', '1e+09'],
    [1e16, '1e+16', '1e+16', '1e+16'],
    [1e21, '1e+21', '1e+21', '1e+21'],
    [0.0001, '0.0001', '1e-04', '0.0001'],
    [0.00001, '1e-05', '1e-05', '1e-05'],
    [1e-7, '1e-07', '1e-07', '1e-07'],
    [-12.5, '-12.5', '-12.5', '-12.5'],
  ];
  for (const [value, short, either, six] of cases) {
    t.equal(shortest(value), short);
    t.equal(plainOrExponent(value), either);
    t.equal(general(value, 6), six);
  }
  t.equal(shortest(Number.NaN), 'nan');
  t.equal(shortest(Number.POSITIVE_INFINITY), 'inf');
  t.equal(general(127.57730754952584, 32), '127.57730754952584106831636745483');
  t.equal(general(7.333333333333334, 32), '7.3333333333333339254522798000835');
});

t.test('quantiles, sums and buckets as the real Envoy computes them', async (t) => {
  // Buckets that Envoy showed, and what it made of them.
  const seen = [23, 1, 31, 2, 32, 4, 33, 2, 34, 4];
  t.same(quantilesOf(seen), [23.5, 32.2, 32.8, 34.2, 34.6, 34.8, 34.8, 34.8, 34.8, 34.8]);
  t.same(cumulative(seen, [1, 1.05, 3, 33.5, 100]), [0, 0, 0, 9, 13]);
  const one = [0, 2, 1, 2, 41, 2, 42, 1];
  t.same(quantilesOf(one).slice(0, 5), [0, 0, 1.0666666666666667, 41.666666666666664, 42.5]);
  t.equal(general(sumOf(one), 32), '127.57730754952584106831636745483');
  t.equal(totalOf(one), 7);
  t.same(cumulative(one, DEFAULT_BOUNDS).slice(0, 7), [2, 4, 4, 4, 4, 7, 7]);
  t.same([0, 1, 9.9, 10, 110.00000000000001, 1900].map(widthOf), [0, 0.1, 0.1, 1, 10, 100]);
});

t.test('a histogram of this thread has the same buckets as those of the data plane', async (t) => {
  const histogram = new LocalHistogram();
  for (const value of [0, 1, 9, 9, 10, 99, 100, 109, 110, 1999]) histogram.record(value);
  t.same(histogram.buckets, [0, 1, 1, 1, 9, 2, 10, 1, 99, 1, 100, 2, (11 / 10) * 100, 1, 1900, 1]);
});
