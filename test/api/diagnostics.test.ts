import { readFileSync } from 'node:fs';
import t from 'tap';
import { stringify } from 'yaml';
import { type Diagnostic, Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import { TextIndex } from '../../src/api/locate.ts';
import { Origins } from '../../src/api/origins.ts';
import { renderAll } from '../../src/api/render.ts';
import { parseText } from '../../src/api/text.ts';

const YAML = `# 配置
static_resources:
  clusters:
  - name: one
    connectTimeout: 5s
    hosts: [{ socket_address: { address: httpbin, port_value: 99999 } }]
  - &two
    name: two
    type:
    labels: { "a.b": 1, 名字: x }
  - *two
`;

const error = (path: Diagnostic['path'], rest: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  path,
  code: 'rule',
  message: 'wrong',
  ...rest,
});

async function render(diagnostic: Diagnostic, text = YAML, name = 'a.yaml'): Promise<string> {
  const [first] = await renderAll([diagnostic], { sources: [{ name, text }] });
  return first?.text ?? '';
}

t.test('a path as text', async (t) => {
  t.equal(formatPath(['a', 0, 'b', 'c.d', '@type']), 'a[0].b["c.d"].@type');
  t.equal(formatPath([]), '(top level)');
});

t.test('the mark is under the value, or under the key of a block', async (t) => {
  const value = await render(
    error(['static_resources', 'clusters', 0, 'hosts', 0, 'socket_address', 'port_value'], {
      expected: 'a number from 0 to 65535',
    }),
  );
  t.equal(
    value,
    [
      'a.yaml:6:63: error: static_resources.clusters[0].hosts[0].socket_address.port_value: wrong (expected a number from 0 to 65535)',
      '    6 |     hosts: [{ socket_address: { address: httpbin, port_value: 99999 } }]',
      '      |                                                               ^~~~~',
    ].join('\n'),
  );
  t.match(
    await render(error(['static_resources', 'clusters'])),
    'a.yaml:3:3: error: static_resources.clusters: wrong',
  );
  t.match(await render(error(['static_resources', 'clusters'])), '\n      |   ^~~~~~~~');
});

t.test('an unknown key is marked itself and gets a hint', async (t) => {
  const text = await render(
    error(['static_resources', 'clusters', 0, 'connect_timeout'], { keyError: true, suggestion: 'name' }),
  );
  t.match(text, 'a.yaml:5:5: error: static_resources.clusters[0].connectTimeout: wrong');
  t.match(text, /\^~{13}\ndid you mean "name"\?$/);
});

t.test('what is not there is shown at the nearest ancestor', async (t) => {
  t.match(await render(error(['static_resources', 'clusters', 0, 'name', 'x'])), 'a.yaml:4:5: error:');
  t.match(await render(error(['static_resources', 'listeners'])), 'a.yaml:2:1: error:');
  t.match(await render(error(['nothing'])), 'a.yaml:2:1: error: nothing: wrong');
  t.match(await render(error([]), ''), 'a.yaml:1:1: error: (top level): wrong');
});

t.test('anchors, empty values, odd keys, single values for lists, wide characters', async (t) => {
  const index = new TextIndex(YAML);
  const base = ['static_resources', 'clusters'];
  t.match(index.find([...base, 2, 'name']), { line: 8, column: 11, depth: 4 });
  t.match(index.find([...base, 1, 'type']), { line: 9, column: 5, length: 4 });
  t.match(index.find([...base, 1, 'labels', 'a.b']), { line: 10, column: 22 });
  t.match(index.find([...base, 1, 0, 'name']), { line: 8, column: 11 });
  const wide = await render(error([...base, 1, 'labels', '名字']));
  t.match(wide, 'a.yaml:10:29: error: static_resources.clusters[1].labels["名字"]: wrong');
  t.equal(wide.split('\n')[2], `      | ${' '.repeat(30)}^`);
});

t.test('JSON text, tabs and very long lines', async (t) => {
  const text = '{\n\t"a": {\n\t\t"b": 1\n\t}\n}';
  const tabs = await render(error(['a', 'b']), text, 'a.json');
  t.match(tabs, 'a.json:3:8: error: a.b: wrong\n    3 | \t\t"b": 1\n      | \t\t     ^');
  const long = JSON.stringify({ pad: 'x'.repeat(500), here: 7, more: 'y'.repeat(500) });
  const [, line = '', mark = ''] = (await render(error(['here']), long, 'a.json')).split('\n');
  t.ok(line.length < 120, 'cut');
  t.match(line, /\| ….*….?$/);
  t.equal(line[mark.indexOf('^')], '7');
});

t.test('all at once, sorted, errors before warnings, in both forms', async (t) => {
  const found = new Diagnostics();
  found.warning(['static_resources', 'clusters', 0, 'name'], 'v2', 'old', { suggestion: 'new: 1' });
  found.error(['static_resources', 'clusters', 1, 'name'], 'rule', 'second');
  found.error(['static_resources', 'clusters', 0, 'name'], 'rule', 'first', { expected: 'more' });
  t.equal(found.errorCount, 2);
  t.equal(found.hasErrors, true);
  const out = await renderAll(found.list, { sources: [{ name: 'a.yaml', text: YAML }] });
  t.strictSame(
    out.map((d) => d.json.message),
    ['first', 'old', 'second'],
  );
  t.strictSame(out[0]?.json, {
    file: 'a.yaml',
    line: 4,
    column: 11,
    path: 'static_resources.clusters[0].name',
    code: 'rule',
    severity: 'error',
    message: 'first',
    expected: 'more',
    suggestion: undefined,
  });
  t.match(out[1]?.text, /modern spelling: new: 1$/);
});

t.test('several texts: the one that has the path, or the one that is named', async (t) => {
  const sources = [
    { name: 'a.yaml', text: 'a: 1\nb: {c: 2}\n' },
    { name: '<config-yaml>', text: 'b: {d: 3}' },
  ];
  const files = [error(['b', 'd']), error(['b', 'c']), error(['a'], { file: '<config-yaml>' })];
  t.strictSame(
    (await renderAll(files, { sources })).map(({ json }) => [json.file, json.line]),
    [
      ['a.yaml', 2],
      ['<config-yaml>', 1],
      ['<config-yaml>', 1],
    ],
  );
});

t.test('a moved value leads back to its text', async (t) => {
  const origins = new Origins();
  const inner = { address: 'x', portValue: 1 };
  const root = { load: { lb: [{ socket: inner }] }, flat: 5, camelCase: { x: 1 } };
  origins.set(inner, { path: ['hosts', 0, 'socket_address'] });
  origins.setField(root, 'flat', { file: 'b', path: ['old', 'flat'] });
  const path = origins.resolve(root, ['load', 'lb', 0, 'socket', 'port_value']).path;
  t.strictSame(path, ['hosts', 0, 'socket_address', 'portValue']);
  t.strictSame(origins.resolve(root, ['flat']), { file: 'b', path: ['old', 'flat'] });
  t.strictSame(origins.resolve(root, ['camel_case', 'x']).path, ['camelCase', 'x']);
  t.strictSame(origins.resolve(root, ['camel_case', 0, 'y']).path, ['camelCase', 'y']);
  const text = 'hosts: [{socket_address: {address: x, portValue: 1}}]';
  const [shown] = await renderAll([error(['load', 'lb', 0, 'socket', 'port_value'])], {
    sources: [{ name: 'f', text }],
    root,
    origins,
  });
  t.match(shown?.json, { path: 'hosts[0].socket_address.portValue', line: 1, column: 50 });
});

t.test('text is read as Envoy reads it', async (t) => {
  const found = new Diagnostics();
  const value = parseText(
    'a: 1.5\nb: 0x10\nc: 017\nd: ~\ne: yes\nf: 12345678901234567890\ng: 2020-01-01\nh: -3\ni: "5"\nj: 1e3\n' +
      'k: Off\nl: 08\nm: "no"\n!ignore n: &n {o: 1}\np: *n\n__proto__: 4\n<<: 2\n',
    'a.yaml',
    found,
  );
  const expected = {
    a: '1.5',
    b: 16,
    c: 15,
    d: null,
    e: true,
    f: '12345678901234567890',
    g: '2020-01-01',
    h: -3,
    i: '5',
    j: '1e3',
    k: false,
    l: '08',
    m: 'no',
    p: { o: 1 },
    ['__proto__']: 4,
    '<<': 2,
  };
  t.equal(JSON.stringify(value), JSON.stringify(expected));
  t.strictSame(parseText('', 'a.yaml', found), {});
  t.strictSame(parseText('# nothing\n', 'a.yaml', found), {});
  t.strictSame(parseText('{\n\t"a":\t[1.5]\n}', 'a.json', found), { a: [1.5] });
  t.strictSame(found.list, []);
});

t.test('flow collections may end as far left as their key', async (t) => {
  const text = [
    'a:',
    '  b: { # why',
    '    c: "x }',
    '  y",',
    "    d: [1, 'it''s', {e: 2",
    '  }]',
    '  }',
    '  s: |',
    '    {',
    '  t: {',
    'f: 1',
    '}',
    '  g: x {y',
    'z: 9',
  ].join('\n');
  const found = new Diagnostics();
  const value = parseText(text, 'a.yaml', found);
  t.strictSame(found.list, []);
  t.strictSame(value, {
    a: { b: { c: 'x } y', d: [1, "it's", { e: 2 }] }, s: '{\n', t: { f: 1 }, g: 'x {y' },
    z: 9,
  });
  const index = new TextIndex(text);
  t.match(index.find(['a', 'b', 'd', 2, 'e']), { line: 5, column: 25, depth: 5 });
  t.match(index.find(['a', 't', 'f']), { line: 11, column: 4, depth: 3 });
  t.match(index.find(['z']), { line: 14, column: 4, depth: 1 });
  const bad = 'a: {\nb: 1\n}\nc: {\nd: [1, 2}\n}';
  const errors = new Diagnostics();
  t.equal(parseText(bad, 'a.yaml', errors), undefined);
  t.match(errors.list, [{ code: 'syntax', at: { line: 5, column: 9 } }]);
});

t.test('the example of the first days is read and located', async (t) => {
  const text = readFileSync(new URL('../../examples/httpbin.yaml', import.meta.url), 'utf8');
  const found = new Diagnostics();
  const value = parseText(text, 'a.yaml', found);
  t.strictSame(found.list, []);
  t.equal(agree(t, text, value), 45);
});

/** Every path of the value is where the index finds it; how many there are. */
function agree(t: { fail: (message: string) => unknown }, text: string, value: unknown): number {
  const index = new TextIndex(text);
  let count = 0;
  const walk = (at: unknown, path: (string | number)[]): void => {
    count++;
    if (index.find(path).depth !== path.length) t.fail(`${formatPath(path)} is not found in ${text}`);
    if (typeof at !== 'object' || at === null) return;
    for (const [key, inner] of Object.entries(at))
      walk(inner, [...path, Array.isArray(at) ? Number(key) : key]);
  };
  walk(value, []);
  return count;
}

t.test('the fast parser and the one with positions agree', async (t) => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const words = [
    'a',
    'name',
    'x y',
    'yes',
    '1.5',
    '0x1f',
    '',
    '@type',
    'k: v',
    "it's",
    '# no',
    '名',
    'a\nb',
    '- x',
    '{',
  ];
  const make = (depth: number): unknown => {
    const kind = random(depth > 0 ? 5 : 2);
    if (kind === 0) return words[random(words.length)];
    if (kind === 1) return [true, null, random(1000), -3][random(4)];
    const size = random(4);
    if (kind === 2) return Array.from({ length: size }, () => make(depth - 1));
    const entries = Array.from({ length: size }, () => [words[random(words.length)], make(depth - 1)]);
    return Object.fromEntries(entries);
  };
  let paths = 0;
  for (let i = 0; i < 300; i++) {
    const value = { top: make(4), list: [make(3)] };
    const flow = random(3) === 0;
    const options = { collectionStyle: flow ? 'flow' : 'any', lineWidth: random(2) ? 20 : 0 } as const;
    // quoted, as the two schemas differ on what is plain
    const text = stringify(value, { ...options, defaultStringType: 'QUOTE_DOUBLE', indent: 1 + random(3) });
    const found = new Diagnostics();
    const read = parseText(text, 'a.yaml', found);
    t.strictSame(found.list, [], text);
    if (JSON.stringify(read) !== JSON.stringify(value)) t.fail(`${JSON.stringify(read)} from ${text}`);
    paths += agree(t, text, read);
  }
  t.ok(paths > 2000, `${paths} paths`);
});

t.test('syntax errors carry their place', async (t) => {
  const cases: [string, string, number, number][] = [
    ['a.yaml', 'a: [1\nb: c: d', 2, 1],
    ['a.yaml', 'a: 1\na: 2\n', 2, 1],
    ['a.json', '{\n  "a": 1,\n}', 3, 1],
    ['a.json', '{\n  "a": 1\n', 3, 1],
  ];
  for (const [name, text, line] of cases) {
    const found = new Diagnostics();
    t.equal(parseText(text, name, found), undefined);
    const [shown] = await renderAll(found.list, { sources: [{ name, text }] });
    t.match(shown?.json, { file: name, line, code: 'syntax', severity: 'error' }, shown?.text ?? '');
    t.match(shown?.text, /: error: not valid (YAML|JSON): /);
  }
});
