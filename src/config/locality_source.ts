import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { unknownSelf } from '../tables/config_source.ts';
import { child, messages, text } from '../tables/route_read.ts';
import { collectionOf, formatXdstp, isXdstp, parseXdstp } from '../xds/xdstp.ts';
import type { ConfigSource, LocalitySource, ServerSettings } from './payload.ts';
import { configSource } from './sources.ts';

const FIELD = 'leds_cluster_locality_config';
const LB_ENDPOINT = 'envoy.config.endpoint.v3.LbEndpoint';

type Context = {
  readonly diagnostics: Diagnostics;
  readonly origin?: ConfigSource | undefined;
  readonly ads?: ServerSettings['kind'] | undefined;
};

/** Localities of an assignment whose endpoints come by themselves; undefined: there are none. */
export function localitySources(
  assignment: Message,
  path: Path,
  context: Context,
): readonly LocalitySource[] | undefined {
  const found = messages(assignment, 'endpoints').flatMap((group, locality) => {
    const leds = child(group, FIELD);
    if (leds === undefined) return [];
    return localitySource(leds, locality, [...path, 'endpoints', locality, FIELD], context) ?? [];
  });
  return found.length === 0 ? undefined : found;
}

function localitySource(
  leds: Message,
  locality: number,
  path: Path,
  { diagnostics, origin, ads }: Context,
): LocalitySource | undefined {
  const collection = collectionName(text(leds, 'leds_collection_name'));
  if (collection === undefined) {
    diagnostics.error([...path, 'leds_collection_name'], 'name', 'it names no collection of endpoints', {
      expected: `xdstp://authority/${LB_ENDPOINT}/collection/*`,
    });
  }
  const at: Path = [...path, 'leds_config'];
  const message = child(leds, 'leds_config');
  const source = configSource(message, origin);
  if (source === undefined) {
    if (message === undefined) diagnostics.error(path, 'missing', 'leds_config is missing');
    else unknownSelf(at, diagnostics);
    return undefined;
  }
  const kind = 'path' in source ? undefined : 'ads' in source ? ads : source.api.kind;
  if ('path' in source || kind !== 'delta') {
    diagnostics.error(at, 'source', 'endpoints of localities come over streams of changes only', {
      expected: 'a server with the api_type DELTA_GRPC',
    });
    return undefined;
  }
  return collection === undefined ? undefined : { locality, source, collection };
}

/** In the one form; undefined for what is no collection of endpoints. */
function collectionName(name: string): string | undefined {
  const parsed = isXdstp(name) ? parseXdstp(name) : undefined;
  if (parsed === undefined || parsed.type !== LB_ENDPOINT || name.includes('#')) return undefined;
  const own = formatXdstp(parsed);
  return collectionOf(own) === own ? own : undefined;
}
