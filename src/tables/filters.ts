import type { Message } from '../api/message.ts';
import type { Extension, ExtensionContext } from '../extensions/types.ts';
import { decoded } from './route_read.ts';
import type { FilterInput } from './generated/layout.ts';
import { typeNameOf } from '../api/message.ts';
import { configSource, extensionKey } from '../config/sources.ts';
import { unknownSelf } from './config_source.ts';
import { child, flag, text, texts } from './route_read.ts';

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
    const from = child(filter, 'config_discovery');
    if (from !== undefined) return { filter, config, extension: delivered(from, category, context, i) };
    return { filter, config, extension: findFilter(filter, config, category, context, i) };
  });
  checkEnd(found, category, context);
  return found.flatMap(({ filter, config, extension }, i) => {
    const from = child(filter, 'config_discovery');
    if (from !== undefined) return compileDelivered(filter, from, category, context, i);
    if (config === undefined || extension === undefined) return [];
    const path = [...context.path, i, 'typed_config'];
    const value = extension.compile(config, { ...context, path });
    if (value === undefined) return [];
    return [{ name: text(filter, 'name'), config: value, disabled: flag(filter, 'disabled') }];
  });
}

/** What a delivered filter may be, of which all end a chain or none does; undefined after reporting errors. */
function delivered(
  from: Message,
  category: string,
  { diagnostics, path, find }: ExtensionContext,
  i: number,
): Extension | undefined {
  const urls = texts(from, 'type_urls');
  const found = urls.flatMap((url) => {
    const extension = find(typeNameOf(url), category);
    return extension?.category === category && extension.type === typeNameOf(url) ? [extension] : [];
  });
  const at = [...path, i, 'config_discovery', 'type_urls'];
  if (found.length === 0) {
    diagnostics.error(at, 'unsupported', `nothing of ${urls.map(typeNameOf).join(', ')} is supported here`, {
      expected: `a filter of ${category}`,
    });
  } else if (found.length < urls.length) {
    const known = found.map(({ type }) => type).join(', ');
    diagnostics.warning(at, 'unsupported', `of these the filter can be ${known}: others will be refused`);
  }
  const [first] = found;
  if (found.some(({ terminal }) => terminal !== first?.terminal))
    diagnostics.error(at, 'chain', 'some end the chain, and some do not');
  return first;
}

/** A filter that is delivered (ECDS), with what stands in for it until then. */
function compileDelivered(
  filter: Message,
  from: Message,
  category: string,
  context: ExtensionContext,
  i: number,
): FilterInput[] {
  const path = [...context.path, i, 'config_discovery'];
  const name = text(filter, 'name');
  const source = configSource(child(from, 'config_source'), context.origin);
  if (source === undefined) unknownSelf([...path, 'config_source'], context.diagnostics);
  const config = decoded(child(from, 'default_config'));
  const extension = config && context.find(config.$type, category);
  if (config !== undefined && (extension?.category !== category || extension.type !== config.$type)) {
    const message = `the default of ${JSON.stringify(name)} is not supported here`;
    context.diagnostics.error([...path, 'default_config'], 'unsupported', message);
  } else if (
    config !== undefined &&
    !texts(from, 'type_urls').some((url) => typeNameOf(url) === config.$type)
  ) {
    const message = `the default of ${JSON.stringify(name)} is none of its type_urls`;
    context.diagnostics.error([...path, 'default_config'], 'rule', message);
  }
  const value = config && extension?.compile(config, { ...context, path: [...path, 'default_config'] });
  if (source === undefined) return [];
  const discovered = extensionKey(
    name,
    source,
    context.httpStat ?? '',
    texts(from, 'type_urls').map(typeNameOf),
  );
  return [
    {
      name,
      discovered,
      disabled: flag(filter, 'disabled'),
      ...(value === undefined ? {} : { config: value }),
    },
  ];
}

function findFilter(
  filter: Message,
  config: Message | undefined,
  category: string,
  { diagnostics, path, find }: ExtensionContext,
  i: number,
): Extension | undefined {
  const type = config?.$type ?? '';
  const extension = find(type, category);
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
