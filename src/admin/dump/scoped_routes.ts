import type { Message } from '../../api/message.ts';
import type { AdminContext } from '../context.ts';
import { inlineScopes, managersOf } from './managers.ts';
import { anyJson, decode, type JsonObject, timestamp } from './proto.ts';
import type { Item, Section } from './sections.ts';

const SCOPE = 'envoy.config.route.v3.ScopedRouteConfiguration';
type Wanted = (name: string) => boolean;

/** Scopes as Any; the name that is asked for is theirs, not that of what they stand in. */
const scopesJson = (scopes: readonly Message[], wanted: Wanted): JsonObject => {
  const shown = scopes.filter(({ name }) => wanted(String(name ?? ''))).map(anyJson);
  return shown.length === 0 ? {} : { scoped_route_configs: shown };
};

/** Those that stand in listeners. */
function* inline({ plane }: AdminContext): Generator<Item> {
  for (const { active } of plane.listeners.entries()) {
    if (active === undefined) continue;
    for (const manager of managersOf(active.bytes)) {
      const found = inlineScopes(manager);
      if (found === undefined) continue;
      const { name, scopes } = found;
      const json = (wanted: Wanted): JsonObject => ({
        name,
        ...scopesJson(scopes, wanted),
        last_updated: timestamp(active.lastUpdated),
      });
      yield { name: undefined, json };
    }
  }
}

/** Those of sources, each source once. */
function* dynamic({ plane }: AdminContext): Generator<Item> {
  const seen = new Set<unknown>();
  for (const { active, warming } of plane.listeners.entries()) {
    for (const { name, source } of [active, warming].flatMap((version) => version?.payload.scopes ?? [])) {
      const from = plane.scopes.of(source);
      if (from === undefined || from.lastUpdated === 0 || seen.has(from)) continue;
      seen.add(from);
      const scopes = [...from.table.entries()].flatMap(({ active: version }) =>
        version === undefined ? [] : [decode(SCOPE, version.bytes)],
      );
      const json = (wanted: Wanted): JsonObject => ({
        name,
        ...(from.changedVersion === '' ? {} : { version_info: from.changedVersion }),
        ...scopesJson(scopes, wanted),
        last_updated: timestamp(from.lastUpdated),
      });
      yield { name: undefined, json };
    }
  }
}

/** envoy.admin.v3.ScopedRoutesConfigDump */
export function scopedRoutes(context: AdminContext): Section {
  return {
    type: 'ScopedRoutesConfigDump',
    fields: () => ({}),
    lists: [
      {
        field: 'inline_scoped_route_configs',
        element: 'InlineScopedRouteConfigs',
        items: () => inline(context),
      },
      {
        field: 'dynamic_scoped_route_configs',
        element: 'DynamicScopedRouteConfigs',
        items: () => dynamic(context),
      },
    ],
  };
}
