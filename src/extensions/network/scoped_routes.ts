import type { Path } from '../../api/diagnostics.ts';
import type { Message } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { scopesKey } from '../../config/sources.ts';
import { unknownSelf } from '../../tables/config_source.ts';
import type { ScopedRoutesInput, ScopeFragmentInput, ScopeInput } from '../../tables/generated/layout.ts';
import { compileRouteConfig } from '../../tables/route_compiler.ts';
import { lowerAscii } from '../../tables/route_string.ts';
import { child, messages, number, text } from '../../tables/route_read.ts';
import { compileScopes, scopeKey } from '../../tables/scope_table.ts';
import { configSource } from '../../config/sources.ts';
import type { ExtensionContext } from '../types.ts';

const PACKAGE = 'envoy.extensions.filters.network.http_connection_manager.v3';
const SCOPE = 'envoy.config.route.v3.ScopedRouteConfiguration';
const BUILDER = `${PACKAGE}.ScopedRoutes.ScopeKeyBuilder`;
type Json = Record<string, unknown>;

/** For samples. */
const FRAGMENT = { header_value_extractor: { name: 'x-base', index: 0 } };
const TABLE = { name: 'base', virtual_hosts: [{ name: 'base', domains: ['*'] }] };
const INLINE = { name: 'base', route_configuration: TABLE, key: { fragments: [{ string_key: 'base' }] } };
const SCOPED = {
  name: 'base',
  scope_key_builder: { fragments: [FRAGMENT] },
  scoped_route_configurations_list: { scoped_route_configurations: [INLINE] },
};
const FILE = { path_config_source: { path: '/dev/null' } };
const REMOTE = {
  name: 'base',
  scope_key_builder: { fragments: [FRAGMENT] },
  rds_config_source: FILE,
  scoped_rds: { scoped_rds_config_source: FILE },
};

/** Declares the fields of `scoped_routes` and of scopes; `manager` is the smallest one that is valid. */
export function declareScopedRoutes(registry: SupportRegistry, manager: Json): void {
  const TYPE = `${PACKAGE}.HttpConnectionManager`;
  registry
    .message(TYPE, { scoped_routes: implemented({ sample: SCOPED }) })
    .message(
      `${PACKAGE}.ScopedRoutes`,
      {
        name: harmless('it names the scopes in statistics and in /config_dump'),
        scope_key_builder: implemented({
          sample: { fragments: [{ header_value_extractor: { name: 'x-other', index: 0 } }] },
        }),
        rds_config_source: implemented(),
        scoped_route_configurations_list: implemented({ sample: SCOPED.scoped_route_configurations_list }),
        scoped_rds: implemented({
          sample: { scoped_rds_config_source: { path_config_source: { path: '/dev/zero' } } },
        }),
      },
      {
        minimal: REMOTE,
        embed: {
          message: TYPE,
          wrap: (json) => ({ ...without(manager, 'route_config'), scoped_routes: json }),
        },
      },
    )
    .message(
      BUILDER,
      { fragments: implemented({ sample: [FRAGMENT, FRAGMENT] }) },
      { minimal: { fragments: [FRAGMENT] } },
    )
    .message(
      `${BUILDER}.FragmentBuilder`,
      { header_value_extractor: implemented({ sample: { name: 'x-other', index: 0 } }) },
      { minimal: FRAGMENT },
    )
    .message(
      `${BUILDER}.FragmentBuilder.HeaderValueExtractor`,
      {
        name: implemented({ sample: 'x-sample' }),
        element_separator: implemented(),
        index: implemented({ base: { element_separator: ',' } }),
        element: implemented({ sample: { key: 'a', separator: '=' } }),
      },
      { minimal: { name: 'x-base', index: 0 } },
    )
    .message(
      `${BUILDER}.FragmentBuilder.HeaderValueExtractor.KvElement`,
      { separator: implemented(), key: implemented() },
      { minimal: { key: 'a', separator: '=' } },
    )
    .message(
      `${PACKAGE}.ScopedRouteConfigurationsList`,
      { scoped_route_configurations: implemented({ sample: [INLINE, { ...INLINE, key: key('other') }] }) },
      { minimal: { scoped_route_configurations: [INLINE] } },
    )
    .message(
      `${PACKAGE}.ScopedRds`,
      { scoped_rds_config_source: implemented() },
      {
        minimal: REMOTE.scoped_rds,
        embed: { message: `${PACKAGE}.ScopedRoutes`, wrap: (json) => ({ ...REMOTE, scoped_rds: json }) },
      },
    )
    .message(
      SCOPE,
      {
        name: harmless('it names the scope in errors and in /config_dump'),
        route_configuration_name: implemented({
          note: 'of scopes that a management server sends',
          uncompiled: 'the table of scopes is made when they have come',
        }),
        route_configuration: implemented({
          note: 'of scopes that stand in the listener',
          sample: { ...TABLE, virtual_hosts: [] },
        }),
        on_demand: implemented({
          note: 'of scopes that a management server sends, for the filter envoy.filters.http.on_demand',
          uncompiled: 'it decides when a table is asked for',
        }),
        key: implemented({ sample: key('sample') }),
      },
      { minimal: INLINE },
    )
    .message(
      `${SCOPE}.Key`,
      { fragments: implemented({ sample: key('a').fragments }) },
      { minimal: key('base') },
    )
    .message(`${SCOPE}.Key.Fragment`, { string_key: implemented() }, { minimal: { string_key: 'base' } });
}

const key = (string_key: string) => ({ fragments: [{ string_key }] });
const without = (json: Json, field: string): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => name !== field));

/** What makes the key of a request of its headers. */
function fragments(scoped: Message, path: Path, { diagnostics }: ExtensionContext): ScopeFragmentInput[] {
  const builder = child(scoped, 'scope_key_builder');
  return (builder === undefined ? [] : messages(builder, 'fragments')).flatMap((fragment, i) => {
    const extractor = child(fragment, 'header_value_extractor');
    if (extractor === undefined) return [];
    const element = child(extractor, 'element');
    const index = number(extractor, 'index');
    const element_separator = text(extractor, 'element_separator');
    const at = [...path, 'scope_key_builder', 'fragments', i, 'header_value_extractor'];
    if (element === undefined && extractor.index === undefined)
      diagnostics.error(at, 'rule', 'extract_type is missing', { expected: 'one of index, element' });
    if (index > 0 && element_separator === '')
      diagnostics.error([...at, 'index'], 'rule', 'without an element_separator there is one element', {
        expected: '0',
      });
    return [
      {
        header: lowerAscii(text(extractor, 'name')),
        element_separator,
        index,
        key: element === undefined ? '' : text(element, 'key'),
        key_separator: element === undefined ? '' : text(element, 'separator'),
      },
    ];
  });
}

/** Scopes that stand in the listener have their tables with them, as in Envoy. */
function inlineScope(
  scope: Message,
  path: Path,
  context: ExtensionContext,
): (ScopeInput & { key: string[] })[] {
  const config = child(scope, 'route_configuration');
  const below = [...path, 'route_configuration'];
  if (text(scope, 'route_configuration_name') !== '') {
    const at = [...path, 'route_configuration_name'];
    context.diagnostics.error(at, 'rule', 'a scope within a listener has its routes with it', {
      expected: 'route_configuration',
    });
    return [];
  }
  if (config === undefined) {
    context.diagnostics.error(path, 'rule', 'route_configuration is missing');
    return [];
  }
  const compiled = compileRouteConfig(config, { ...context, path: below, validateClusters: true });
  return [{ key: scopeKey(scope), inline_routes: compiled?.records }];
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes */
export function compileScopedRoutes(scoped: Message, context: ExtensionContext): ScopedRoutesInput {
  const path = [...context.path, 'scoped_routes'];
  const made = { fragments: fragments(scoped, path, context) };
  const list = child(scoped, 'scoped_route_configurations_list');
  if (list !== undefined) {
    const field = 'scoped_route_configurations';
    const at = [...path, 'scoped_route_configurations_list', field];
    const scopes = messages(list, field).flatMap((scope, i) => inlineScope(scope, [...at, i], context));
    return { ...made, inline_table: compileScopes(scopes).records };
  }
  const sources = scopeSources(scoped, context.origin);
  if (sources.source === undefined)
    unknownSelf([...path, 'scoped_rds', 'scoped_rds_config_source'], context.diagnostics);
  if (sources.rds === undefined) {
    context.diagnostics.error(path, 'source', 'rds_config_source is missing: scopes name route tables', {
      expected: 'rds_config_source',
    });
  }
  if (sources.source === undefined || sources.rds === undefined) return made;
  return { ...made, table: scopesKey(sources.source, sources.rds) };
}

const scopeSources = (scoped: Message, origin: ExtensionContext['origin']) => {
  const rds = child(scoped, 'scoped_rds');
  return {
    source: rds && configSource(child(rds, 'scoped_rds_config_source'), origin),
    rds: configSource(child(scoped, 'rds_config_source'), origin),
  };
};
