import type { Message } from '../api/message.ts';
import type { Extension, ExtensionContext } from '../extensions/types.ts';
import { decoded } from './route_read.ts';
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
  const found = filters.map((filter, i) => {
    const config = decoded(child(filter, 'typed_config'));
    return { filter, config, extension: findFilter(filter, config, category, context, i) };
  });
  checkEnd(found, category, context);
  return found.flatMap(({ filter, config, extension }, i) => {
    if (config === undefined || extension === undefined) return [];
    const path = [...context.path, i, 'typed_config'];
    const value = extension.compile(config, { ...context, path });
    if (value === undefined) return [];
    return [{ name: text(filter, 'name'), config: value, disabled: flag(filter, 'disabled') }];
  });
}

function findFilter(
  filter: Message,
  config: Message | undefined,
  category: string,
  { diagnostics, path, find }: ExtensionContext,
  i: number,
): Extension | undefined {
  const type = config?.$type ?? '';
  const extension = find(type);
  if (extension?.category === category && extension.type === type) return extension;
  if (flag(filter, 'is_optional')) {
    const message = `the filter ${JSON.stringify(text(filter, 'name'))} is not built in, but optional: it is left out`;
    diagnostics.warning([...path, i], 'optional', message);
    return undefined;
  }
  const message = `the filter ${JSON.stringify(text(filter, 'name'))} is not supported here`;
  diagnostics.error([...path, i, 'typed_config'], 'unsupported', message, {
    expected: `a filter of ${category}`,
  });
  return undefined;
}

type Found = { readonly filter: Message; readonly extension: Extension | undefined };

/** The last filter of a chain, and no other, is a terminal one. */
function checkEnd(
  filters: readonly Found[],
  category: string,
  { diagnostics, path, terminal }: ExtensionContext,
): void {
  const last = filters.length - 1;
  const ends = terminal(category).join(' or ');
  if (last < 0) {
    diagnostics.error(path, 'chain', 'the chain has no filters', { expected: ends });
    return;
  }
  filters.forEach(({ filter, extension }, i) => {
    if (extension === undefined) {
      // Reported already, unless it is optional.
      if (i === last && flag(filter, 'is_optional') && !filters.some((one) => one.extension?.terminal))
        diagnostics.error([...path, i], 'chain', 'nothing ends the chain', { expected: ends });
      return;
    }
    const name = JSON.stringify(text(filter, 'name'));
    if (extension.terminal === true) {
      if (i < last) {
        const message = `${name} (${extension.name}) ends the chain: no filter may follow`;
        diagnostics.error([...path, i], 'chain', message, { expected: 'it to be the last filter' });
      } else if (flag(filter, 'disabled')) {
        diagnostics.error(
          [...path, i, 'disabled'],
          'chain',
          'the filter that ends the chain cannot be disabled',
        );
      }
    } else if (i === last) {
      const message = `${name} (${extension.name}) cannot be the last filter`;
      diagnostics.error([...path, i], 'chain', message, { expected: `${ends} as the last filter` });
    }
  });
}
