/** What requests routes take: each case asks several times, and says which are taken. */
import { type Fields, get } from '../e2e/support.ts';
import { type Case, of, R, type Site, statuses } from './support.ts';

const MATCHER = 'envoy.type.matcher.v3.StringMatcher';
const [TAKEN, PASSED] = [201, 202];

/** A route that takes what `match` says, and one for the rest. */
const taking = (match: Fields): Site => ({
  routes: [
    { match, direct_response: { status: TAKEN } },
    { match: { prefix: '/' }, direct_response: { status: PASSED } },
  ],
});

/** `taken`: for each request, whether it is taken with the fields, and whether without. */
function match(fields: string[], on: Fields, off: Fields, requests: string[], taken: [string, string]): Case {
  const expected = (text: string): number[] => [...text].map((each) => (each === 'y' ? TAKEN : PASSED));
  return {
    fields,
    on: taking(on),
    off: taking(off),
    see: statuses(...requests),
    seen: expected(taken[0]),
    unseen: expected(taken[1]),
  };
}

const inMatch = (names: string): string[] => of(`${R}.RouteMatch`, names);
const OTHER = { prefix: '/zzz' };
const paths: Case[] = [
  match(inMatch('prefix'), { prefix: '/a' }, OTHER, ['/a', '/ab', '/b'], ['yyn', 'nnn']),
  match(inMatch('path'), { path: '/a' }, OTHER, ['/a', '/a?q', '/ab', '/A'], ['yynn', 'nnnn']),
  match(
    [...inMatch('safe_regex'), 'envoy.type.matcher.v3.RegexMatcher.regex'],
    { safe_regex: { regex: '/\\d+' } },
    OTHER,
    ['/12', '/1x', '/x'],
    ['ynn', 'nnn'],
  ),
  match(
    inMatch('path_separated_prefix'),
    { path_separated_prefix: '/a' },
    OTHER,
    ['/a', '/a/b', '/ab'],
    ['yyn', 'nnn'],
  ),
  match(
    inMatch('case_sensitive'),
    { prefix: '/a', case_sensitive: false },
    { prefix: '/a' },
    ['/a', '/A'],
    ['yy', 'yn'],
  ),
];

const HEADER = `${R}.HeaderMatcher`;
const withX = (value: string): string => get('/', `x: ${value}\r\n`);
/** Of the header x: what is seen for its values and without it, by a matcher and by a bare one (present). */
function headerCase(
  fields: string[],
  matcher: Fields,
  values: string[],
  taken: [string, string],
  bare: Fields = {},
): Case {
  const all = [...fields, ...of(HEADER, 'name'), ...inMatch('headers')];
  const base = { prefix: '/', headers: [{ name: 'x', ...bare }] };
  return match(
    all,
    { ...base, headers: [{ name: 'x', ...bare, ...matcher }] },
    base,
    [...values.map(withX), '/'],
    taken,
  );
}

const headers: Case[] = [
  match(
    [...inMatch('headers'), ...of(HEADER, 'name')],
    { prefix: '/', headers: [{ name: 'x' }] },
    { prefix: '/' },
    ['/', withX('1')],
    ['ny', 'yy'],
  ),
  headerCase(of(HEADER, 'exact_match'), { exact_match: 'ab' }, ['ab', 'abc'], ['ynn', 'yyn']),
  headerCase(of(HEADER, 'prefix_match'), { prefix_match: 'ab' }, ['abc', 'cab'], ['ynn', 'yyn']),
  headerCase(of(HEADER, 'suffix_match'), { suffix_match: 'ab' }, ['abc', 'cab'], ['nyn', 'yyn']),
  headerCase(of(HEADER, 'contains_match'), { contains_match: 'ab' }, ['cabc', 'a'], ['ynn', 'yyn']),
  headerCase(
    of(HEADER, 'safe_regex_match'),
    { safe_regex_match: { regex: 'a+' } },
    ['aa', 'ab'],
    ['ynn', 'yyn'],
  ),
  headerCase(
    [...of(HEADER, 'range_match'), ...of('envoy.type.v3.Int64Range', 'start end')],
    { range_match: { start: '-2', end: '11' } },
    ['-3', '-2', '10', '11', 'x'],
    ['nyynnn', 'yyyyyn'],
  ),
  headerCase(of(HEADER, 'present_match'), { present_match: false }, ['a'], ['ny', 'yn']),
  headerCase(of(HEADER, 'invert_match'), { invert_match: true }, ['a', 'b'], ['nyn', 'ynn'], {
    string_match: { exact: 'a' },
  }),
  headerCase(
    of(HEADER, 'treat_missing_header_as_empty'),
    { treat_missing_header_as_empty: true },
    ['a'],
    ['yy', 'yn'],
    { string_match: { safe_regex: { regex: 'a?' } } },
  ),
  ...(
    [
      ['exact', { exact: 'ab' }, 'ynnnn'],
      ['prefix', { prefix: 'ab' }, 'yynnn'],
      ['suffix', { suffix: 'ab' }, 'ynynn'],
      ['contains', { contains: 'ab' }, 'yyynn'],
      ['safe_regex', { safe_regex: { regex: 'ab?c' } }, 'nynnn'],
      ['ignore_case', { exact: 'ab', ignore_case: true }, 'ynnyn'],
    ] as const
  ).map(([name, matcher, taken]) =>
    headerCase(
      [...of(MATCHER, name), ...of(HEADER, 'string_match')],
      { string_match: matcher },
      ['ab', 'abc', 'cab', 'AB'],
      [taken, name === 'ignore_case' ? 'ynnnn' : 'yyyyn'],
      name === 'ignore_case' ? { string_match: { exact: 'ab' } } : {},
    ),
  ),
];

const QUERY = `${R}.QueryParameterMatcher`;
const COOKIE = `${R}.CookieMatcher`;
const query = (fields: Fields): Fields => ({ prefix: '/', query_parameters: [fields] });
const cookie = (fields: Fields): Fields => ({ prefix: '/', cookies: [fields] });
const withCookie = (value: string): string => get('/', `cookie: z=1; ${value}\r\n`);
const others: Case[] = [
  match(
    [...inMatch('query_parameters'), ...of(QUERY, 'name')],
    query({ name: 'q' }),
    { prefix: '/' },
    ['/?q=1', '/?qq=1', '/'],
    ['ynn', 'yyy'],
  ),
  match(
    of(QUERY, 'string_match'),
    query({ name: 'q', string_match: { prefix: 'a' } }),
    query({ name: 'q' }),
    ['/?q=ab', '/?q=b'],
    ['yn', 'yy'],
  ),
  match(
    of(QUERY, 'present_match'),
    query({ name: 'q', present_match: false }),
    query({ name: 'q' }),
    ['/?q=1', '/'],
    ['ny', 'yn'],
  ),
  match(
    [...inMatch('cookies'), ...of(COOKIE, 'name string_match')],
    cookie({ name: 'c', string_match: { exact: 'a' } }),
    { prefix: '/' },
    [withCookie('c=a'), withCookie('c=b'), withCookie('d=a'), '/'],
    ['ynnn', 'yyyy'],
  ),
  match(
    of(COOKIE, 'invert_match'),
    cookie({ name: 'c', string_match: { exact: 'a' }, invert_match: true }),
    cookie({ name: 'c', string_match: { exact: 'a' } }),
    [withCookie('c=a'), withCookie('c=b')],
    ['ny', 'yn'],
  ),
];

const FRACTION = 'envoy.type.v3.FractionalPercent';
const fraction = (numerator: number, denominator = 'HUNDRED'): Fields => ({
  prefix: '/',
  runtime_fraction: { default_value: { numerator, denominator }, runtime_key: 'none' },
});
/** 100 of a hundred are all; of a million next to none: one of 4 requests is taken once in 2,500 runs. */
const fractions: Case[] = [
  match(
    [
      ...inMatch('runtime_fraction'),
      'envoy.config.core.v3.RuntimeFractionalPercent.default_value',
      ...of(FRACTION, 'numerator'),
    ],
    fraction(0),
    fraction(100),
    ['/', '/', '/', '/'],
    ['nnnn', 'yyyy'],
  ),
  match(
    of(FRACTION, 'denominator'),
    fraction(100, 'MILLION'),
    fraction(100),
    ['/', '/', '/', '/'],
    ['nnnn', 'yyyy'],
  ),
];

export const matchCases: readonly Case[] = [...paths, ...headers, ...others, ...fractions];
