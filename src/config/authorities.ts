import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { child, has, messages, number, text, texts } from '../tables/route_read.ts';
import { collectionOf, formatXdstp, isXdstp, parseXdstp } from '../xds/xdstp.ts';
import type { ConfigSource, ServerSettings } from './payload.ts';
import { SINGLETONS, runtimeLayers } from './runtime.ts';
import { serverSettings } from './sources.ts';

/** A server of all types that the bootstrap names for some authorities, or for all others (no names). */
export type AuthoritySource = { readonly names: readonly string[]; readonly server: ServerSettings };

/** What of the bootstrap concerns names with an authority (`xdstp://`). */
export type AuthoritySettings = {
  /** The default one is last. Absent: names come from where their own source says. */
  readonly authorities?: readonly AuthoritySource[];
  /** Clusters, and listeners, come as a collection of this name. */
  readonly cdsCollection?: string;
  readonly ldsCollection?: string;
};

/** envoy.config.core.v3.ApiConfigSource.ApiType: AGGREGATED_GRPC; GRPC is 2. */
const AGGREGATED = 5;

/** Of an aggregated kind, the settings of its stream. */
export function aggregatedServer(api: Message): ServerSettings {
  const type = number(api, 'api_type');
  return serverSettings(type < AGGREGATED ? api : { ...api, api_type: type - (AGGREGATED - 2) });
}

function sources(bootstrap: Message): { readonly source: Message; readonly path: Path }[] {
  const last = child(bootstrap, 'default_config_source');
  return [
    ...messages(bootstrap, 'config_sources').map((source, i) => ({ source, path: ['config_sources', i] })),
    ...(last === undefined ? [] : [{ source: last, path: ['default_config_source'] }]),
  ];
}

const namesOf = (source: Message): string[] =>
  messages(source, 'authorities').map((one) => text(one, 'name'));

/** As Envoy: the runtime has to say so. */
const inForce = (bootstrap: Message): boolean =>
  runtimeLayers(bootstrap).reduce((on, { values }) => {
    const value = values.get(SINGLETONS);
    return value === undefined ? on : String(value) === 'true' || Number(value) > 0;
  }, false);

const LOCATORS = [
  ['cds', 'envoy.config.cluster.v3.Cluster'],
  ['lds', 'envoy.config.listener.v3.Listener'],
] as const;

/** The collections of the bootstrap, with the parameters of the node that it wants in them. */
function collections(bootstrap: Message): Pick<AuthoritySettings, 'cdsCollection' | 'ldsCollection'> {
  const dynamic = child(bootstrap, 'dynamic_resources');
  const found: { cdsCollection?: string; ldsCollection?: string } = {};
  for (const [kind] of LOCATORS) {
    const parsed = parseXdstp(dynamic === undefined ? '' : text(dynamic, `${kind}_resources_locator`));
    if (parsed === undefined) continue;
    const params = new Map([...nodeParams(bootstrap), ...parsed.params]);
    found[`${kind}Collection`] = formatXdstp({ ...parsed, params });
  }
  return found;
}

/** What `node_context_params` may name, and what it is. */
export const NODE_PARAMS: Readonly<Record<string, (node: Message) => string>> = {
  id: (node) => text(node, 'id'),
  cluster: (node) => text(node, 'cluster'),
  user_agent_name: () => 'envoy',
  'locality.region': (node) => text(child(node, 'locality') ?? NOTHING, 'region'),
  'locality.zone': (node) => text(child(node, 'locality') ?? NOTHING, 'zone'),
  'locality.sub_zone': (node) => text(child(node, 'locality') ?? NOTHING, 'sub_zone'),
};
const NOTHING: Message = { $type: '' };

const nodeParams = (bootstrap: Message): [string, string][] =>
  texts(bootstrap, 'node_context_params').flatMap((name) => {
    const value = NODE_PARAMS[name]?.(child(bootstrap, 'node') ?? NOTHING);
    return value === undefined ? [] : [[`xds.node.${name}`, value]];
  });

/** Of a valid and supported bootstrap (envoy.config.bootstrap.v3.Bootstrap). */
export function authoritySettings(bootstrap: Message): AuthoritySettings {
  const list = inForce(bootstrap) ? sources(bootstrap) : [];
  return {
    ...(list.length === 0
      ? {}
      : {
          authorities: list.map(({ source, path }) => ({
            names: path.length > 1 ? namesOf(source) : [],
            server: aggregatedServer(child(source, 'api_config_source') ?? NOTHING),
          })),
        }),
    ...collections(bootstrap),
  };
}

// ---- what is wrong --------------------------------------------------------------------------

function checkAuthority(source: Message, path: Path, diagnostics: Diagnostics): void {
  const api = child(source, 'api_config_source');
  if (api === undefined || number(api, 'api_type') < AGGREGATED) {
    const at = api === undefined ? path : [...path, 'api_config_source', 'api_type'];
    const message = 'resources of an authority come over the stream of all types';
    const expected = 'an api_config_source of the api_type AGGREGATED_GRPC or AGGREGATED_DELTA_GRPC';
    diagnostics.error(at, 'source', message, { expected });
  }
  const names = namesOf(source);
  if (names.length === 0 && path.length > 1)
    diagnostics.error(path, 'source', 'the source has no authority', { expected: 'authorities' });
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i)
      diagnostics.error([...path, 'authorities', i], 'source', `the authority '${name}' is there twice`);
  });
}

function checkLocator(
  locator: string,
  [type, source]: readonly [string, ConfigSource | undefined],
  ads: ServerSettings['kind'] | undefined,
  path: Path,
  diagnostics: Diagnostics,
): void {
  const refuse = (message: string, expected?: string): void =>
    void diagnostics.error(path, 'name', message, expected === undefined ? {} : { expected });
  const parsed = parseXdstp(locator);
  if (!isXdstp(locator)) refuse('a collection that does not come from a server is not supported', 'xdstp://');
  else if (locator.includes('#')) refuse('directives behind the name (#alt=, #entry=) are not supported');
  else if (parsed === undefined) refuse('it is not a name', 'xdstp://authority/type/collection/*');
  else if (parsed.type !== type) refuse(`it names a collection of ${parsed.type}`, type);
  else if (collectionOf(locator) !== formatXdstp(parsed)) refuse('it names no collection', '/* at its end');
  const kind = source === undefined || 'path' in source ? undefined : 'ads' in source ? ads : source.api.kind;
  if (
    kind === undefined ||
    kind === 'rest' ||
    (kind === 'sotw' && source !== undefined && !('ads' in source))
  )
    refuse('a collection comes over the stream of all types, or one of changes', 'ads or DELTA_GRPC');
}

/** As Envoy checks sources of authorities and collections. `worlds`: where clusters and listeners come from. */
export function checkAuthorities(
  bootstrap: Message,
  worlds: { readonly cds?: ConfigSource | undefined; readonly lds?: ConfigSource | undefined },
  ads: ServerSettings['kind'] | undefined,
  diagnostics: Diagnostics,
): void {
  const list = sources(bootstrap);
  for (const { source, path } of list) checkAuthority(source, path, diagnostics);
  if (list.length > 0 && !inForce(bootstrap)) {
    const message = `as in Envoy nothing is asked of it unless the runtime key ${SINGLETONS} is true`;
    diagnostics.warning((list[0] as { path: Path }).path, 'source', message);
  }
  const dynamic = child(bootstrap, 'dynamic_resources');
  if (dynamic === undefined) return;
  for (const [kind, type] of LOCATORS) {
    const field = `${kind}_resources_locator`;
    if (!has(dynamic, field) || text(dynamic, field) === '') continue;
    const path: Path = ['dynamic_resources', field];
    checkLocator(text(dynamic, field), [type, worlds[kind]], ads, path, diagnostics);
  }
}
