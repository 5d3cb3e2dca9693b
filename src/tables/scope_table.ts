import type { Message } from '../api/message.ts';
import type { CompiledResource } from '../config/compiled.ts';
import { type ScopeInput, writeRecord } from './generated/layout.ts';
import { hashLowered, openAddressing } from './route_hash.ts';
import { child, messages, text } from './route_read.ts';
import { lowerAscii } from './route_string.ts';

/** The fragments of a scope's key (envoy.config.route.v3.ScopedRouteConfiguration.Key). */
export function scopeKey(scope: Message): string[] {
  const key = child(scope, 'key');
  return key === undefined ? [] : messages(key, 'fragments').map((fragment) => text(fragment, 'string_key'));
}

/** The same text for the same key, and for no other. */
export const keyText = (key: readonly string[]): string => JSON.stringify(key);

/** The hash of a key as native/route/scope.h computes it of a request. */
export function hashKey(key: readonly string[]): number {
  let hash = 0;
  for (const fragment of key) {
    hash = Math.imul(hash ^ hashLowered(Buffer.from(lowerAscii(fragment))), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/** The record of these scopes. Of several with one key the last one counts. */
export function compileScopes(
  scopes: readonly (ScopeInput & { key: readonly string[] })[],
): CompiledResource {
  const byKey = new Map(scopes.map((scope) => [keyText(scope.key), scope]));
  const list = [...byKey.values()];
  const slots = list.length === 0 ? [] : Array.from(openAddressing(list.map(({ key }) => hashKey(key))));
  return { records: writeRecord('ScopeTable', { scopes: list, slots }) };
}
