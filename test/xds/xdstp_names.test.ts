/** The one form of names with an authority. */
import t from 'tap';
import { canonicalName, collectionOf, formatXdstp, parseXdstp } from '../../src/xds/xdstp.ts';

const T = 'envoy.config.cluster.v3.Cluster';

t.test('names', (t) => {
  const forms: Record<string, string> = {
    [`xdstp://a/${T}/x`]: `xdstp://a/${T}/x`,
    [`xdstp://a/${T}/x?b=2&a=1`]: `xdstp://a/${T}/x?a=1&b=2`,
    [`xdstp://a%20b/${T}/x%2Fy%3Az`]: `xdstp://a b/${T}/x/y%3Az`,
    [`xdstp://a%2fb/${T}/x`]: `xdstp://a%2Fb/${T}/x`,
    [`xdstp:///${T}/x`]: `xdstp:///${T}/x`,
    [`xdstp://a/${T}`]: `xdstp://a/${T}`,
    [`xdstp://a/${T}/x?a=1&a=2`]: `xdstp://a/${T}/x?a=1`,
    [`xdstp://a/${T}/%C3%A4~`]: `xdstp://a/${T}/%C3%A4%7E`,
    [`xdstp://a/${T}/x?a%26=b%3D`]: `xdstp://a/${T}/x?a%26=b%3D`,
    'xdstp://a': 'xdstp://a',
    'xdstp:a/b': 'xdstp:a/b',
    plain: 'plain',
  };
  for (const [name, form] of Object.entries(forms)) t.equal(canonicalName(name), form, name);
  t.equal(collectionOf(`xdstp://a/${T}/foo/bar/one?b=2&a=1`), `xdstp://a/${T}/foo/bar/*?a=1&b=2`);
  t.equal(collectionOf(`xdstp://a/${T}/foo/*`), `xdstp://a/${T}/foo/*`);
  t.equal(collectionOf(`xdstp://a/${T}/one`), `xdstp://a/${T}/*`);
  t.equal(collectionOf('plain/*'), undefined);
  t.end();
});

t.test('whatever is in them comes out again, and there is one form', (t) => {
  const CHARS = [...'ab/:?#[]&=%, ~\u00e4\u{1F600}'];
  const some = (n: number, not = ''): string =>
    Array.from(
      { length: Math.floor(Math.random() * n) },
      () => CHARS[Math.floor(Math.random() * CHARS.length)],
    )
      .filter((char) => !not.includes(char as string))
      .join('');
  for (let i = 0; i < 2000; i++) {
    const params = new Map(
      Array.from({ length: Math.floor(Math.random() * 4) }, (_, k) => [`${some(4)}${k}`, some(5)]),
    );
    const made = { authority: some(6), type: T, id: some(8), params };
    const name = formatXdstp(made);
    const back = parseXdstp(name);
    t.strictSame(
      { ...back, params: new Map([...(back?.params ?? [])].sort()) },
      {
        ...made,
        params: new Map([...params].sort()),
      },
      name,
    );
    if (canonicalName(name) !== name) t.fail(`${name} has another form`);
  }
  t.end();
});
