import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import { type ListenerFilterInput, ListenerMatchKind, type ListenerMatchInput } from './generated/layout.ts';
import { child, decoded, messages, number, text, wrappedFlag } from './route_read.ts';

const CATEGORY = 'envoy.filters.listener';
/** The data plane keeps the values of a predicate in a word of 64 bits. */
const DEEPEST = 60;

/** What looks at a connection before a filter chain is chosen (envoy.config.listener.v3.ListenerFilter), in order. */
export function compileListenerFilters(listener: Message, context: ExtensionContext): ListenerFilterInput[] {
  const filters = messages(listener, 'listener_filters').flatMap((filter, i) =>
    compileFilter(filter, { ...context, path: [...context.path, 'listener_filters', i] }),
  );
  if (!wrappedFlag(listener, 'use_original_dst', false)) return filters;
  // As in Envoy: who wants connections passed on need not name what finds out where to.
  const implied = context.implied('use_original_dst');
  const config = implied?.compile({ $type: implied.type }, context);
  return config === undefined ? filters : [...filters, { config }];
}

function compileFilter(filter: Message, context: ExtensionContext): ListenerFilterInput[] {
  const { path, diagnostics } = context;
  const config = decoded(child(filter, 'typed_config'));
  const extension = context.find(config?.$type ?? '');
  if (config === undefined || extension?.category !== CATEGORY) {
    const message = `the filter ${JSON.stringify(text(filter, 'name'))} is not supported here`;
    diagnostics.error([...path, 'typed_config'], 'unsupported', message, {
      expected: `a filter of ${CATEGORY}`,
    });
    return [];
  }
  const made = extension.compile(config, { ...context, path: [...path, 'typed_config'] });
  if (made === undefined) return [];
  const disabled = compilePredicate(
    child(filter, 'filter_disabled'),
    [...path, 'filter_disabled'],
    diagnostics,
  );
  return [{ config: made, disabled }];
}

/** envoy.config.listener.v3.ListenerFilterChainMatchPredicate in postfix order: first the values, then what joins them. */
function compilePredicate(
  predicate: Message | undefined,
  path: Path,
  diagnostics: Diagnostics,
): ListenerMatchInput[] | undefined {
  if (predicate === undefined) return undefined;
  const out: ListenerMatchInput[] = [];
  const add = (one: Message, depth: number): void => {
    if (depth === DEEPEST) {
      diagnostics.error(path, 'rule', `the predicate is nested more than ${DEEPEST} deep`);
      return;
    }
    const range = child(one, 'destination_port_range');
    const negated = child(one, 'not_match');
    if (range !== undefined) {
      const [start, end] = [number(range, 'start'), number(range, 'end')];
      out.push({ kind: ListenerMatchKind.DestinationPort, start, end });
    } else if (negated !== undefined) {
      add(negated, depth + 1);
      out.push({ kind: ListenerMatchKind.Not });
    } else if (one.any_match === true) {
      out.push({ kind: ListenerMatchKind.Any });
    } else {
      const all = child(one, 'and_match');
      const set = all ?? child(one, 'or_match');
      const kind = all === undefined ? ListenerMatchKind.Or : ListenerMatchKind.And;
      messages(set ?? one, 'rules').forEach((rule, i) => {
        add(rule, depth + 1);
        if (i > 0) out.push({ kind });
      });
    }
  };
  add(predicate, 0);
  return out;
}
