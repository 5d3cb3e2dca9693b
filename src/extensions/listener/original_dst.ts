import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst';

/** envoy.filters.listener.original_dst: where a connection was to go before the kernel redirected it. */
export const originalDst: Extension = {
  name: 'envoy.filters.listener.original_dst',
  category: 'envoy.filters.listener',
  type: TYPE,
  aliases: ['envoy.listener.original_dst'],
  impliedBy: 'use_original_dst',
  declare: (registry) => {
    registry.message(TYPE, {});
  },
  compile: () => ({ struct: 'OriginalDst', value: {} }),
};
