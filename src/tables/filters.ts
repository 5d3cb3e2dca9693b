import type { Message } from '../api/message.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import type { FilterInput } from './generated/layout.ts';
import { child, flag, text } from './route_read.ts';

/**
 * A chain of filters (network or HTTP) with decoded configurations. `context.path` is that of the
 * list. Reports what is not built in, and a chain that does not end where it must.
 */
export function compileFilters(
  filters: readonly Message[],
  category: string,
  context: ExtensionContext,
): FilterInput[] {
  const made: FilterInput[] = [];
  const { diagnostics, path, find } = context;
  let ended = false;
  filters.forEach((filter, i) => {
    const where = [...path, i];
    const any = child(filter, 'typed_config');
    const config = any === undefined ? undefined : child(any, '$decoded');
    const extension = find(config?.$type ?? '');
    if (config === undefined || extension === undefined || extension.category !== category) {
      diagnostics.error([...where, 'typed_config'], 'unsupported', `the filter ${text(filter, 'name')} is not supported here`, {
        expected: `a filter of ${category}`,
      });
      return;
    }
    if (ended) {
      diagnostics.error(where, 'chain', `nothing may follow the filter that ends the chain`, {
        expected: 'the terminal filter to be the last',
      });
    }
    ended ||= extension.terminal === true;
    const value = extension.compile(config, { ...context, path: [...where, 'typed_config'] });
    if (value !== undefined) made.push({ name: text(filter, 'name'), config: value, disabled: flag(filter, 'disabled') });
  });
  if (!ended && diagnostics.errorCount === 0) {
    const terminal = category === 'envoy.filters.http' ? 'envoy.filters.http.router' : 'a terminal filter';
    diagnostics.error(path, 'chain', 'the chain of filters has no end', { expected: `${terminal} as the last filter` });
  }
  return made;
}
