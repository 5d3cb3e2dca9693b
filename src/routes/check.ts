import { child, has, messages, text } from '../tables/route_read.ts';
import type { Message } from '../api/message.ts';
import { ASSERTIONS, type Assertion, headerOf, type RouteCase } from './cases.ts';
import type { Routed, RouteTable } from './table.ts';

/** What came out otherwise than it should. */
export type Mismatch = { readonly about: string; readonly expected: string; readonly actual: string };

export type CaseResult = { readonly name: string; readonly mismatches: readonly Mismatch[] };

/** Runs tests against a table and counts which of its routes they reach. */
export class RouteCheck {
  readonly #table: RouteTable;
  /** What was asserted, and held, of each route. */
  readonly #seen = new Map<Message, Set<Assertion>>();

  constructor(table: RouteTable) {
    this.#table = table;
  }

  run(test: RouteCase): CaseResult {
    const routed = this.#table.route(test);
    const mismatches: Mismatch[] = [];
    for (const [assertion, expected] of test.expected) {
      const actual = ACTUAL[assertion](routed);
      if (actual !== expected) mismatches.push({ about: assertion, expected, actual });
      else this.#saw(routed.routeMessage, assertion);
    }
    const headers = [
      ['request_header_matches', test.requestHeaders, routed.request],
      ['response_header_matches', test.responseHeaders, routed.response],
    ] as const;
    for (const [about, assertions, actual] of headers) {
      for (const { text: expected, holds } of assertions)
        if (!holds(actual)) mismatches.push({ about, expected, actual: shown(actual) });
    }
    return { name: test.name, mismatches };
  }

  #saw(route: Message | undefined, assertion: Assertion): void {
    if (route === undefined) return;
    const seen = this.#seen.get(route) ?? new Set();
    this.#seen.set(route, seen.add(assertion));
  }

  /** Routes of which something was asserted, in percent of all. */
  get coverage(): number {
    const routes = this.#routes();
    return percent(routes.filter((route) => this.#seen.has(route)).length, routes.length);
  }

  /** All that could be asserted of each route, in percent: its virtual host, and its cluster or redirect or rewrites. */
  get wholeCoverage(): number {
    const wanted = this.#routes().map((route) => [route, worthAsserting(route)] as const);
    const held = wanted.map(([route, all]) => all.filter((each) => this.#seen.get(route)?.has(each)).length);
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return percent(sum(held), sum(wanted.map(([, all]) => all.length)));
  }

  /** Routes that no test reaches, by virtual host and number. */
  get missed(): string[] {
    return messages(this.#table.config, 'virtual_hosts').flatMap((host) =>
      messages(host, 'routes').flatMap((route, i) =>
        this.#seen.has(route) ? [] : [`${text(host, 'name')}, route ${i}${named(route)}`],
      ),
    );
  }

  #routes(): Message[] {
    return messages(this.#table.config, 'virtual_hosts').flatMap((host) => messages(host, 'routes'));
  }
}

const named = (route: Message): string => (has(route, 'name') ? ` (${text(route, 'name')})` : '');
const percent = (part: number, whole: number): number => (whole === 0 ? 100 : (part / whole) * 100);

function worthAsserting(route: Message): Assertion[] {
  const action = child(route, 'route');
  if (child(route, 'redirect') !== undefined) return ['virtual_host_name', 'path_redirect'];
  if (action === undefined) return ['virtual_host_name'];
  const rewrites = (fields: readonly string[]): boolean => fields.some((field) => has(action, field));
  return ASSERTIONS.filter((assertion) => {
    if (assertion === 'path_rewrite') return rewrites(['prefix_rewrite', 'regex_rewrite']);
    if (assertion === 'host_rewrite')
      return rewrites(['host_rewrite_literal', 'host_rewrite_header', 'host_rewrite_path_regex']);
    return assertion === 'cluster_name' || assertion === 'virtual_host_name';
  });
}

/** Of a request that goes to a host: nothing of others, as in Envoy's tool. */
const forwarded =
  (name: string) =>
  (routed: Routed): string =>
    routed.cluster === '' ? '' : headerOf(routed.request, name);

const ACTUAL: Readonly<Record<Assertion, (routed: Routed) => string>> = {
  cluster_name: ({ cluster }) => cluster,
  // There are no virtual clusters in a table that is accepted.
  virtual_cluster_name: () => '',
  virtual_host_name: ({ virtualHost, route }) =>
    virtualHost === undefined || route < 0 ? '' : text(virtualHost, 'name'),
  path_rewrite: forwarded(':path'),
  host_rewrite: forwarded(':authority'),
  path_redirect: ({ location }) => location,
  code_redirect: ({ location, status }) => (location === '' ? '0' : String(status)),
};

/** Headers as a line. */
function shown(headers: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return lines.join(' | ');
}
