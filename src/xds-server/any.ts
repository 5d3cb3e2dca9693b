import { TYPE_URL_PREFIX } from '../api/message.ts';
import type { OtherAny } from './generated/envoy.ts';

/**
 * A message of a type that the types here do not have, for `typed_config` and the like. `type`: its full name or
 * type URL.
 */
export function any(type: string, fields: Readonly<Record<string, unknown>> = {}): OtherAny {
  const url = type.includes('/') ? type : `${TYPE_URL_PREFIX}${type}`;
  return { '@type': url, ...fields } as unknown as OtherAny;
}
