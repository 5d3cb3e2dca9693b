/** Random configurations, compiled here and matched by the native half, against rules written down once more. */
import t from 'tap';
import { compile, Random } from './route_fixtures.ts';
import { matchNatively, nativeMissing, type TestRequest } from './route_native.ts';

type Fields = Record<string, unknown>;
type Route = { readonly match: Fields; readonly direct_response: Fields };
type Host = { readonly name: string; readonly domains: readonly string[]; readonly routes: readonly Route[] };

const PIECES = [
  'a',
  'b',
  'ab',
  'A',
  'B',
  'aa',
  'api',
  'v1',
  '/',
  '-',
  '.',
  'é',
  '0',
  'aB',
  'ab/',
  '/a/b',
  '日',
];
const TAILS = [
  '',
  '.*',
  '[a-b]+',
  '(/.*)?',
  '(?:a|ab)(?:c|bcd)*',
  '\\d*',
  '[^/]+',
  '/\\w+/?',
  'b?$',
  '(/a|/b)*',
  'x|y',
];
const NAMES = ['x-a', 'x-b', 'accept', 'user-agent'];
const VALUES = ['', 'a', 'ab', 'AB', 'b', '5', '-3', '+7', '12', '1x', 'a,b'];

const lower = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());
const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function randomPath(random: Random): string {
  let path = random.chance(0.97) ? '/' : '';
  for (let n = random.below(6); n > 0; n--) path += (random.chance(0.4) ? '/' : '') + random.pick(PIECES);
  return path;
}

function randomString(random: Random): Fields {
  const kind = random.pick(['exact', 'prefix', 'suffix', 'contains', 'safe_regex']);
  if (kind === 'safe_regex') return { safe_regex: { regex: random.pick(['a*', '[0-9]+', '.*b', 'a|b']) } };
  return { [kind]: random.pick(VALUES), ignore_case: random.chance(0.3) };
}

function randomHeader(random: Random): Fields {
  const base = {
    name: random.pick([...NAMES, 'X-A']),
    invert_match: random.chance(0.3),
    treat_missing_header_as_empty: random.chance(0.2),
  };
  switch (random.below(5)) {
    case 0:
      return { ...base, present_match: random.chance(0.7) };
    case 1:
      return {
        ...base,
        range_match: { start: BigInt(random.below(20) - 10), end: BigInt(random.below(20) - 5) },
      };
    case 2:
      return {
        ...base,
        [random.pick(['exact_match', 'prefix_match', 'suffix_match', 'contains_match'])]: random.pick(VALUES),
      };
    case 3:
      return base;
    default:
      return { ...base, string_match: randomString(random) };
  }
}

function randomRoute(random: Random): Route {
  const kind = random.pick([
    'prefix',
    'prefix',
    'path',
    'path',
    'path_separated_prefix',
    'safe_regex',
    'safe_regex',
  ]);
  const path = randomPath(random);
  const match: Fields =
    kind === 'safe_regex'
      ? { safe_regex: { regex: random.chance(0.2) ? `.*${quote(path)}` : quote(path) + random.pick(TAILS) } }
      : { [kind]: path };
  if (random.chance(0.25)) match.case_sensitive = { value: false };
  if (random.chance(0.3))
    match.headers = Array.from({ length: 1 + random.below(2) }, () => randomHeader(random));
  if (random.chance(0.05)) match.query_parameters = [{ name: 'q', string_match: randomString(random) }];
  if (random.chance(0.05))
    match.cookies = [{ name: 'c', string_match: randomString(random), invert_match: random.chance(0.3) }];
  return { match, direct_response: { status: 200 } };
}

function stringHolds(matcher: Fields, text: string): boolean {
  const regex = matcher.safe_regex as Fields | undefined;
  if (regex !== undefined) return new RegExp(`^(?:${regex.regex})$`, 'u').test(text);
  const fold = matcher.ignore_case === true ? lower : (s: string) => s;
  const value = fold(text);
  for (const [kind, test] of [
    ['exact', (w: string) => value === w],
    ['prefix', (w: string) => value.startsWith(w)],
    ['suffix', (w: string) => value.endsWith(w)],
    ['contains', (w: string) => value.includes(w)],
  ] as const) {
    if (matcher[kind] !== undefined) return test(fold(matcher[kind] as string));
  }
  throw new Error('no kind');
}

function headerHolds(matcher: Fields, request: TestRequest): boolean {
  const name = lower(matcher.name as string);
  const values = (request.headers ?? []).filter(([n]) => n === name).map(([, v]) => v);
  // Envoy keeps one value of these, joining those of repeated fields.
  if (values.length > 1 && (name === 'accept' || name === 'user-agent'))
    values.splice(0, Infinity, values.join(','));
  if (values.length === 0 && matcher.treat_missing_header_as_empty === true) values.push('');
  const invert = matcher.invert_match === true;
  const kind = Object.keys(matcher).find((key) => /_match$/.test(key) && key !== 'invert_match');
  if (kind === undefined || kind === 'present_match') {
    return (values.length > 0 === (kind === undefined || matcher.present_match === true)) !== invert;
  }
  if (values.length === 0) return false;
  const any = values.some((value) => {
    if (kind === 'string_match') return stringHolds(matcher.string_match as Fields, value);
    if (kind === 'range_match') {
      const { start, end } = matcher.range_match as { start: bigint; end: bigint };
      return /^[-+]?\d+$/.test(value) && Number(value) >= Number(start) && Number(value) < Number(end);
    }
    const wanted = matcher[kind] as string;
    if (kind === 'exact_match' && wanted === '') return true;
    return stringHolds({ [kind.replace('_match', '')]: wanted }, value);
  });
  return any !== invert;
}

function routeHolds({ match }: Route, request: TestRequest): boolean {
  const sensitive = (match.case_sensitive as Fields | undefined)?.value !== false;
  const bare = request.path.replace(/[?#].*$/su, '');
  const regex = match.safe_regex as Fields | undefined;
  if (regex !== undefined) {
    if (!new RegExp(`^(?:${regex.regex})$`, 'u').test(bare)) return false;
  } else {
    const fold = sensitive ? (s: string) => s : lower;
    const path = fold(bare);
    const [kind, wanted] = ['prefix', 'path', 'path_separated_prefix']
      .filter((k) => match[k] !== undefined)
      .map((k) => [k, fold(match[k] as string)] as const)[0] as readonly [string, string];
    if (kind === 'path' ? path !== wanted : !path.startsWith(wanted)) return false;
    if (kind === 'path_separated_prefix' && path !== wanted && path[wanted.length] !== '/') return false;
  }
  const query = new URLSearchParams(
    request.path.includes('?') ? request.path.slice(request.path.indexOf('?') + 1) : '',
  );
  const cookies = (request.headers ?? [])
    .filter(([n]) => n === 'cookie')
    .map(([, v]) => v.split('=') as [string, string]);
  return (
    ((match.headers as Fields[] | undefined) ?? []).every((h) => headerHolds(h, request)) &&
    ((match.query_parameters as Fields[] | undefined) ?? []).every((q) => {
      const value = query.get(q.name as string);
      return value !== null && stringHolds(q.string_match as Fields, value);
    }) &&
    ((match.cookies as Fields[] | undefined) ?? []).every((c) => {
      const cookie = cookies.find(([name]) => name === c.name);
      return cookie === undefined
        ? c.invert_match === true
        : stringHolds(c.string_match as Fields, cookie[1]) !== c.invert_match;
    })
  );
}

/** Exact, then the longest `*suffix`, then the longest `prefix*`, then `*`. */
function hostOf(hosts: readonly Host[], authority: string): number {
  const name = lower(authority);
  let best = -1;
  let rank = -1;
  hosts.forEach(({ domains }, number) => {
    for (const written of domains) {
      const domain = lower(written);
      let found = -1;
      if (domain === '*') found = 0;
      else if (domain.startsWith('*')) {
        if (name.length >= domain.length && name.endsWith(domain.slice(1))) found = 1e6 + domain.length;
      } else if (domain.endsWith('*')) {
        if (name.length >= domain.length && name.startsWith(domain.slice(0, -1))) found = 1e3 + domain.length;
      } else if (domain === name) found = 1e9;
      if (found > rank) [best, rank] = [number, found];
    }
  });
  return best;
}

function expected(hosts: readonly Host[], request: TestRequest): string {
  const host = hostOf(hosts, request.authority);
  if (host < 0) return '- -';
  const route = (hosts[host] as Host).routes.findIndex((r) => routeHolds(r, request));
  return `${host} ${route < 0 ? '-' : route}`;
}

function randomDomain(random: Random): string {
  const label = () => random.pick(['a', 'b', 'A', 'com', 'www', '-', 'a.b', '*']);
  let domain = label();
  for (let n = random.below(3); n > 0; n--) domain += `.${label()}`;
  return random.chance(0.1) ? `${domain}:80` : domain;
}

function randomHosts(random: Random): Host[] {
  const seen = new Set<string>();
  return Array.from({ length: 1 + random.below(8) }, (_, i) => {
    const domains: string[] = i === 0 && random.chance(0.5) ? ['*'] : [];
    for (let n = 1 + random.below(3); n > 0; n--) {
      let domain = randomDomain(random);
      if (random.chance(0.3)) domain = `*${domain}`;
      if (random.chance(0.3)) domain += '*';
      if (lower(domain) === '*' || seen.has(lower(domain))) continue;
      seen.add(lower(domain));
      domains.push(domain);
    }
    const count = random.chance(0.2) ? random.below(4) : random.below(80);
    return { name: `h${i}`, domains, routes: Array.from({ length: count }, () => randomRoute(random)) };
  });
}

function randomRequest(random: Random, hosts: readonly Host[]): TestRequest {
  const host = random.pick(hosts);
  const known = random.chance(0.8) ? host.domains[0] : undefined;
  const authority =
    known === undefined ? randomDomain(random) : known.replaceAll('*', () => random.pick(['x', '', 'a.']));
  let path = randomPath(random);
  if (host.routes.length > 0 && random.chance(0.7)) {
    const { match } = random.pick(host.routes);
    path = (match.prefix ?? match.path ?? match.path_separated_prefix ?? path) as string;
    const regex = match.safe_regex as { regex: string } | undefined;
    if (regex !== undefined) path = regex.regex.replace(/\\(.)/g, '$1').replace(/[.[(|].*$/s, '');
    if (random.chance(0.5)) path += random.pick(PIECES);
    if (random.chance(0.1)) path = lower(path);
  }
  if (random.chance(0.3)) path += `?q=${random.pick(['a', '5', 'zb'])}`;
  const headers: [string, string][] = Array.from({ length: random.below(4) }, () => [
    random.pick(NAMES),
    random.pick(VALUES),
  ]);
  if (random.chance(0.2)) headers.push(['cookie', `c=${random.pick(['a', '5', 'zb'])}`]);
  return { authority, path, headers };
}

t.test(
  'what is compiled here is matched there as one route after the other would be',
  { skip: nativeMissing },
  (t) => {
    let found = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const hosts = randomHosts(random);
      const { resource, diagnostics } = compile({ name: 'rc', virtual_hosts: hosts });
      t.same(diagnostics.list, [], `seed ${seed} compiles`);
      if (resource === undefined) break;
      const requests = Array.from({ length: 120 }, () => randomRequest(random, hosts));
      const wanted = requests.map((request) => expected(hosts, request));
      const got = matchNatively(resource, requests).map((answer) => answer.split(' ', 2).join(' '));
      found += wanted.filter((answer) => !answer.endsWith('-')).length;
      const wrong = wanted.findIndex((answer, i) => answer !== got[i]);
      if (wrong >= 0) {
        t.equal(got[wrong], wanted[wrong], `seed ${seed}: ${JSON.stringify(requests[wrong])}`);
        break;
      }
    }
    t.ok(found > 2000, `${found} requests had a route`);
    t.end();
  },
);
