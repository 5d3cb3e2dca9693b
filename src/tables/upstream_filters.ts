import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { findUpstreamFilter } from '../extensions/manifest.ts';
import type { FilterInput } from './generated/layout.ts';
import { child, decoded, messages, text } from './route_read.ts';

/** The network filters of a cluster (envoy.config.cluster.v3.Filter); `stats`: how statistics call it. */
export function upstreamFilters(
  cluster: Message,
  stats: string,
  path: Path,
  diagnostics: Diagnostics,
): FilterInput[] {
  return messages(cluster, 'filters').flatMap((filter, i): FilterInput[] => {
    const name = text(filter, 'name');
    const config = decoded(child(filter, 'typed_config'));
    const found = config === undefined ? undefined : findUpstreamFilter(config.$type);
    if (config !== undefined && found !== undefined) return [{ name, config: found.compile(config, stats) }];
    const message = `the filter ${JSON.stringify(name)} is not supported here`;
    diagnostics.error([...path, 'filters', i, 'typed_config'], 'unsupported', message, {
      expected: 'a filter of envoy.filters.upstream_network',
    });
    return [];
  });
}
