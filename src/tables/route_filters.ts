import type { Path } from '../api/diagnostics.ts';
import { ANY_TYPE, type Message, typeNameOf } from '../api/message.ts';
import type { ExtensionInput, FilterOverrideInput, FilterOverridesInput } from './generated/layout.ts';
import { type RouteContext, refuse } from './route_context.ts';
import { child, decoded, flag } from './route_read.ts';

const FILTER_CONFIG = 'envoy.config.route.v3.FilterConfig';

/**
 * typed_per_filter_config of a route table, virtual host, route or cluster weight. A name that no
 * chain has a filter of is no error: the table does not know who uses it.
 */
export function compileOverrides(
  message: Message,
  path: Path,
  context: RouteContext,
): FilterOverridesInput | undefined {
  const map = message.typed_per_filter_config as ReadonlyMap<string, Message> | undefined;
  if (map === undefined || map.size === 0) return undefined;
  const list = [...map].flatMap(
    ([name, any]) => compileOverride(name, any, [...path, 'typed_per_filter_config', name], context) ?? [],
  );
  return { list };
}

function compileOverride(
  name: string,
  any: Message,
  path: Path,
  context: RouteContext,
): FilterOverrideInput | undefined {
  const wrapper = decoded(any);
  if (wrapper?.$type !== FILTER_CONFIG) return settings(name, any, path, context);
  // As in Envoy, what it says besides is not looked at.
  if (flag(wrapper, 'disabled')) return { name, disabled: true };
  const config = child(wrapper, 'config');
  if (config === undefined) {
    const message = `the settings of the filter ${JSON.stringify(name)} are empty`;
    return refuse(context, path, 'rule', message, 'config or disabled');
  }
  // Settings without a type switch the filter on.
  if (typeOf(config) === '' || (flag(wrapper, 'is_optional') && perRoute(config, context) === undefined))
    return { name };
  return settings(name, config, [...path, 'config'], context);
}

function settings(
  name: string,
  any: Message,
  path: Path,
  context: RouteContext,
): FilterOverrideInput | undefined {
  const config = decoded(any);
  const found = perRoute(any, context);
  if (found === undefined || config === undefined) {
    const takes = context.find?.(typeOf(any))?.perRoute?.type;
    const message = `the filter ${JSON.stringify(name)} takes no settings of the type ${typeOf(any)} from routes`;
    return refuse(context, path, 'extension', message, takes);
  }
  const value: ExtensionInput | undefined = found.compile(config, { ...context, path });
  return value === undefined ? undefined : { name, config: value };
}

const typeOf = (any: Message): string =>
  any.$type === ANY_TYPE && typeof any.type_url === 'string' ? typeNameOf(any.type_url) : '';

/** The filter that takes these settings from routes. */
function perRoute(any: Message, context: RouteContext) {
  const type = typeOf(any);
  const found = context.find?.(type)?.perRoute;
  return found?.type === type ? found : undefined;
}
