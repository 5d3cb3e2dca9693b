/**
 * Tags: parts of a statistic's name that become labels. `cluster.shop.upstream_cx_total` is the
 * metric `cluster.upstream_cx_total` with the tag `envoy.cluster_name` = `shop`.
 */
export type Tag = readonly [name: string, value: string];

/** A name without what became tags. */
export type Extracted = { readonly name: string; readonly tags: readonly Tag[] };

/**
 * One rule: the first group of the expression is what leaves the name, the second (or the first, if
 * there is only one) is the tag's value.
 */
type Rule = {
  readonly tag: string;
  readonly regex: RegExp;
  /** No tag for this value. */
  readonly not?: string;
  /** A tag of every statistic. */
  readonly fixed?: string;
};
const ANYTHING = /^/;

const ADDRESS = String.raw`(?:(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[[a-fA-F_\d]+\])_\d+)`;
const VALUE = '[^.]+';

/** Rules with a regular expression of their own, in the order in which tags are shown. */
const REGEX_RULES: readonly (readonly [tag: string, regex: string, not?: string])[] = [
  ['response_code', String.raw`_rq(_(\d{3}))$`],
  ['response_code_class', String.raw`_rq_((\d))xx$`],
  [
    'worker_id',
    String.raw`^(?:listener\.(?:${ADDRESS}|${VALUE})\.|server\.|listener_manager\.|thread_local_cluster_manager\.)worker_((\d+)\.)`,
  ],
  ['ssl_cipher', String.raw`^listener\..*?\.ssl\.ciphers(\.([\w-]+))$`],
  ['ssl_curve', String.raw`^(?:listener|cluster)\..*?\.ssl\.curves(\.([\w-]+))$`],
  ['ssl_sigalg', String.raw`^(?:listener|cluster)\..*?\.ssl\.sigalgs(\.([\w-]+))$`],
  ['ssl_version', String.raw`^(?:listener|cluster)\..*?\.ssl\.versions(\.(TLSv\d\.\d))$`],
  ['http_conn_manager_prefix', String.raw`^listener\..*?\.http\.((${VALUE})\.)`],
  ['listener_address', String.raw`^listener\.((${ADDRESS}|${VALUE})\.)`, 'admin'],
  ['rds_route_config', String.raw`^http\.${VALUE}\.rds\.(([\w.-]+)\.)\w+?$`],
  ['scoped_rds_config', String.raw`^http\.${VALUE}\.scoped_rds\.(([\w.-]+)\.)\w+?$`],
];

/** Rules by the dots: `$` is the value, `*` one part, `**` the rest. */
const TOKEN_RULES: readonly (readonly [tag: string, tokens: string])[] = [
  ['http_user_agent', 'http.*.user_agent.$.**'],
  ['virtual_cluster', 'vhost.*.vcluster.$.**'],
  ['fault_downstream_cluster', 'http.*.fault.$.**'],
  ['tcp_prefix', 'tcp.$.**'],
  ['udp_prefix', 'udp.$.**'],
  ['ratelimit_prefix', 'ratelimit.$.**'],
  ['grpc_bridge_method', 'cluster.*.grpc.*.$.**'],
  ['grpc_bridge_service', 'cluster.*.grpc.$.**'],
  ['cluster_name', 'cluster.$.**'],
  ['ext_authz_prefix', 'cluster.*.ext_authz.$.**'],
  ['ext_authz_prefix', 'http.*.ext_authz.$.**'],
  ['http_conn_manager_prefix', 'http.$.**'],
  ['virtual_host', 'vhost.$.**'],
  ['route', 'vhost.*.route.$.**'],
  ['local_http_ratelimit_prefix', '$.http_local_rate_limit.**'],
  ['local_network_ratelimit_prefix', 'local_rate_limit.$.**'],
  ['local_listener_ratelimit_prefix', 'listener_local_ratelimit.$.**'],
];

function tokenRegex(tokens: string): RegExp {
  const parts = tokens.split('.').map((token) => {
    if (token === '**') return '.';
    if (token === '$') return `((${VALUE})\\.)`;
    return token === '*' ? `${VALUE}\\.` : `${token}\\.`;
  });
  return new RegExp(`^${parts.join('')}`, 'd');
}

const defaultRules: readonly Rule[] = [
  ...REGEX_RULES.map(([tag, regex, not]) => ({ tag: `envoy.${tag}`, regex: new RegExp(regex, 'd'), not })),
  ...TOKEN_RULES.map(([tag, tokens]) => ({ tag: `envoy.${tag}`, regex: tokenRegex(tokens) })),
];

/** A tag of the configuration: a rule, or a value for all statistics. */
export type TagSpecifier = { readonly name: string; readonly regex?: string; readonly fixed?: string };

/** Rules bound to the first part of a name are tried after those that are not. */
const hasPrefix = (regex: RegExp): boolean => /^\^[\w-]+(\\\.|\(\?=\\\.)/.test(regex.source);

/** Which parts of names become tags. */
export class TagExtractor {
  readonly #rules: readonly Rule[];
  /** Only Envoy's own rules are in use: names of the usual forms need no matching. */
  readonly usual: boolean;

  /** Throws for a tag without a rule, with the text that users read. */
  constructor(specifiers: readonly TagSpecifier[] = [], useDefaults = true) {
    const own: Rule[] = useDefaults ? [...defaultRules] : [];
    const seen = new Set<string>();
    for (const { name, regex, fixed: value } of specifiers) {
      if (seen.has(name)) throw new Error(`Tag name '${name}' specified twice.`);
      seen.add(name);
      if (value !== undefined) {
        own.push({ tag: name, regex: ANYTHING, fixed: value });
      } else if (regex !== undefined && regex !== '') {
        own.push({ tag: name, regex: new RegExp(regex, 'd') });
      } else {
        const known = defaultRules.filter((rule) => rule.tag === name);
        if (known.length === 0)
          throw new Error(`No regex specified for tag specifier and no default regex for name: '${name}'`);
        if (!useDefaults) own.push(...known);
      }
    }
    this.usual = useDefaults && own.length === defaultRules.length;
    this.#rules = [...own.filter((r) => !hasPrefix(r.regex)), ...own.filter((r) => hasPrefix(r.regex))];
  }

  /** The metric of a statistic and its tags. All rules see the whole name. */
  extract(name: string): Extracted {
    const tags: Tag[] = [];
    const cuts: [number, number][] = [];
    for (const { tag, regex, not, fixed } of this.#rules) {
      if (fixed !== undefined) {
        tags.push([tag, fixed]);
        continue;
      }
      const match = regex.exec(name);
      const cut = match?.indices?.[1];
      if (match === null || cut === undefined) continue;
      const value = match[2] ?? (match.length > 2 ? '' : (match[1] ?? ''));
      if (value === not) continue;
      tags.push([tag, value]);
      cuts.push(cut);
    }
    return { name: without(name, cuts), tags };
  }
}

/** The text without the given ranges, which may overlap. */
function without(text: string, cuts: [number, number][]): string {
  if (cuts.length === 0) return text;
  cuts.sort((a, b) => a[0] - b[0]);
  let out = '';
  let at = 0;
  for (const [start, end] of cuts) {
    if (start > at) out += text.slice(at, start);
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}
