import { contentHash } from '../api/content_hash.ts';
import type { Message } from '../api/message.ts';
import { child, messages } from './route_read.ts';

/** What tells versions of a listener, and of its filter chains, apart. */
export type ListenerIdentity = {
  /** Of all that is not a filter chain. */
  readonly shape: bigint;
  /** Of each filter chain. */
  readonly chains: readonly bigint[];
  /** Of the default filter chain. */
  readonly otherwise?: bigint;
};

const CHAINS = new Set(['filter_chains', 'default_filter_chain', 'filter_chain_matcher']);

/** Of envoy.config.listener.v3.Listener. */
export function identityOf(listener: Message): ListenerIdentity {
  const last = child(listener, 'default_filter_chain');
  return {
    shape: contentHash(listener, CHAINS),
    chains: messages(listener, 'filter_chains').map((chain) => contentHash(chain)),
    ...(last === undefined ? {} : { otherwise: contentHash(last) }),
  };
}

/** Whether a version differs from the one before in filter chains alone, so that the others go on. */
export const inPlace = (before: ListenerIdentity, next: ListenerIdentity): boolean =>
  before.shape === next.shape && next.chains.length > 0;

/** How many filter chains the next version takes away. */
export function goneChains(before: ListenerIdentity, next: ListenerIdentity): number {
  const kept = new Set(next.chains);
  const last = before.otherwise !== undefined && before.otherwise !== next.otherwise ? 1 : 0;
  return last + new Set(before.chains.filter((chain) => !kept.has(chain))).size;
}
