import { implemented, type SupportRegistry } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import { type ExtensionInput, OptionalFlag } from '../../tables/generated/layout.ts';
import { perMillion } from '../../tables/fraction.ts';
import type { RouteContext } from '../../tables/route_context.ts';
import { child, flag, messages, text } from '../../tables/route_read.ts';
import { compileString } from '../../tables/route_string.ts';
import type { Extension } from '../types.ts';

const PACKAGE = 'envoy.extensions.filters.http.cors.v3';
const POLICY = `${PACKAGE}.CorsPolicy`;
const ORIGINS = [{ exact: 'http://sample' }];

function declare(registry: SupportRegistry): void {
  registry.message(`${PACKAGE}.Cors`, {}).message(POLICY, {
    allow_origin_string_match: implemented({ sample: ORIGINS }),
    allow_methods: implemented(),
    allow_headers: implemented(),
    expose_headers: implemented(),
    max_age: implemented(),
    allow_credentials: implemented(),
    filter_enabled: implemented({ sample: { default_value: { numerator: 7 } } }),
    shadow_enabled: implemented({ sample: { default_value: { numerator: 7 } } }),
    allow_private_network_access: implemented(),
    forward_not_matching_preflights: implemented(),
  });
}

function optional(config: Message, field: string): OptionalFlag {
  const value = child(config, field);
  if (value === undefined) return OptionalFlag.Unset;
  return flag(value, 'value') ? OptionalFlag.Yes : OptionalFlag.No;
}

const compilePolicy = (config: Message, context: RouteContext): ExtensionInput => ({
  struct: 'CorsFilter',
  value: {
    allow_origins: messages(config, 'allow_origin_string_match').map((matcher, i) =>
      compileString(matcher, [...context.path, 'allow_origin_string_match', i], context),
    ),
    allow_methods: text(config, 'allow_methods'),
    allow_headers: text(config, 'allow_headers'),
    expose_headers: text(config, 'expose_headers'),
    max_age: text(config, 'max_age'),
    enabled: perMillion(child(config, 'filter_enabled'), 1_000_000),
    shadow: perMillion(child(config, 'shadow_enabled'), 0),
    allow_credentials: optional(config, 'allow_credentials'),
    allow_private_network: optional(config, 'allow_private_network_access'),
    forward_not_matching: optional(config, 'forward_not_matching_preflights'),
  },
});

/** envoy.filters.http.cors: what pages of other origins may do, as routes say. */
export const cors: Extension = {
  name: 'envoy.filters.http.cors',
  category: 'envoy.filters.http',
  type: `${PACKAGE}.Cors`,
  aliases: ['envoy.cors'],
  declare,
  compile: (_, context) => ({ struct: 'CorsFilter', value: { stats: `${context.httpStat ?? ''}cors` } }),
  perRoute: { type: POLICY, compile: compilePolicy },
};
