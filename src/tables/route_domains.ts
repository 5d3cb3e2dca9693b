import type { Path } from '../api/diagnostics.ts';
import type { DomainIndexInput } from './generated/layout.ts';
import { type RouteContext, refuse } from './route_context.ts';
import { hashSlots } from './route_hash.ts';
import { lowerAscii } from './route_string.ts';
import { buildTrie, byteString, EMPTY_TRIE, type TrieEntry } from './route_trie.ts';

export type Domains = {
  readonly domains: DomainIndexInput | undefined;
  /** 1 + the number of the virtual host of `*`, 0: none. */
  readonly default_host: number;
};

/** The index over all domains of a configuration. `path` is that of the RouteConfiguration. */
export function compileDomains(
  hosts: readonly (readonly string[])[],
  path: Path,
  context: RouteContext,
): Domains {
  const seen = new Map<string, Path>();
  const exact: { domain: string; host: number }[] = [];
  const suffixes: TrieEntry[] = [];
  const prefixes: TrieEntry[] = [];
  let fallback = 0;
  hosts.forEach((domains, host) => {
    domains.forEach((written, i) => {
      const where = [...path, 'virtual_hosts', host, 'domains', i];
      const domain = lowerAscii(written);
      if (seen.has(domain)) {
        const what =
          domain === '*'
            ? 'only one virtual host may have the domain *'
            : `the domain ${domain} is there twice`;
        refuse(context, where, 'duplicate', what, 'a domain that no other virtual host has');
        return;
      }
      seen.set(domain, where);
      if (domain === '*') fallback = host + 1;
      else if (domain.startsWith('*')) {
        const backwards = [...byteString(domain.slice(1))].reverse().join('');
        suffixes.push({ kind: 'prefix', key: backwards, value: host });
      } else if (domain.endsWith('*')) {
        prefixes.push({ kind: 'prefix', key: byteString(domain.slice(0, -1)), value: host });
      } else exact.push({ domain, host });
    });
  });
  if (exact.length + suffixes.length + prefixes.length === 0)
    return { domains: undefined, default_host: fallback };
  return {
    domains: {
      exact,
      slots: exact.length === 0 ? [] : Array.from(hashSlots(exact.map(({ domain }) => Buffer.from(domain)))),
      suffixes: suffixes.length === 0 ? EMPTY_TRIE : buildTrie(suffixes),
      prefixes: prefixes.length === 0 ? EMPTY_TRIE : buildTrie(prefixes),
    },
    default_host: fallback,
  };
}
