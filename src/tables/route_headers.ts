import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import {
  AppendAction,
  type FormatInput,
  FormatNodeKind,
  type HeaderMutationsInput,
  type HeaderValueOptionInput,
} from './generated/layout.ts';
import { type FormatContext, type RouteContext, refuse } from './route_context.ts';
import { child, flag, has, messages, number, text, texts, wrappedFlag } from './route_read.ts';
import { lowerAscii } from './route_string.ts';

const ACTIONS = [
  AppendAction.AppendIfExistsOrAdd,
  AppendAction.AddIfAbsent,
  AppendAction.OverwriteIfExistsOrAdd,
  AppendAction.OverwriteIfExists,
] as const;

/** What the four header fields of a route, virtual host, cluster weight or configuration do. */
export function compileMutations(
  message: Message,
  path: Path,
  context: RouteContext,
): HeaderMutationsInput | undefined {
  const mutations = {
    request_add: options(message, path, 'request_headers_to_add', context),
    request_remove: removals(message, path, 'request_headers_to_remove', context),
    response_add: options(message, path, 'response_headers_to_add', context),
    response_remove: removals(message, path, 'response_headers_to_remove', context),
  };
  return Object.values(mutations).some((list) => list.length > 0) ? mutations : undefined;
}

/** Header fields that routing and framing own (Envoy refuses the same). */
const reserved = (name: string): boolean => name.startsWith(':') || name === 'host';

/** A list of envoy.config.common.mutation_rules.v3.HeaderMutation, each of which sees what the one before has done. */
export function compileSteps(
  list: readonly Message[],
  path: Path,
  context: RouteContext,
): HeaderMutationsInput[] {
  return list.map((mutation, i) => {
    const removed = text(mutation, 'remove');
    if (removed !== '')
      return {
        request_remove: removals({ ...mutation, remove: [removed] }, [...path, i], 'remove', context),
      };
    const append = child(mutation, 'append');
    if (append === undefined) return {};
    return { request_add: options({ ...mutation, append: [append] }, [...path, i], 'append', context) };
  });
}

function options(
  message: Message,
  path: Path,
  field: string,
  context: RouteContext,
): HeaderValueOptionInput[] {
  return messages(message, field).map((option, i) => {
    const where = [...path, field, i];
    const header = child(option, 'header') ?? option;
    const name = lowerAscii(text(header, 'key'));
    if (reserved(name)) {
      refuse(context, [...where, 'header', 'key'], 'rule', ':-prefixed or host headers may not be modified');
    }
    if (has(option, 'append') && number(option, 'append_action') !== 0) {
      refuse(context, [...where, 'append'], 'rule', 'append and append_action exclude each other');
    }
    // The deprecated `append: false` overwrites.
    const action = wrappedFlag(option, 'append', true)
      ? (ACTIONS[number(option, 'append_action')] ?? AppendAction.AppendIfExistsOrAdd)
      : AppendAction.OverwriteIfExistsOrAdd;
    return {
      name,
      value: headerValue(header, [...where, 'header'], context),
      action,
      keep_empty_value: flag(option, 'keep_empty_value'),
    };
  });
}

function headerValue(header: Message, where: Path, context: RouteContext): FormatInput | undefined {
  const raw = header.raw_value;
  const value = raw instanceof Uint8Array ? Buffer.from(raw).toString('utf8') : text(header, 'value');
  const field = raw instanceof Uint8Array ? 'raw_value' : 'value';
  return context.compileFormat(value, { diagnostics: context.diagnostics, path: [...where, field] });
}

function removals(message: Message, path: Path, field: string, context: RouteContext): string[] {
  return texts(message, field).map((written, i) => {
    const name = lowerAscii(written);
    if (reserved(name)) {
      refuse(context, [...path, field, i], 'rule', ':-prefixed or host headers may not be removed');
    }
    return name;
  });
}

/** The format of a value without operators: text, where `%%` is a percent sign. */
export function plainFormat(value: string, { diagnostics, path }: FormatContext): FormatInput | undefined {
  const stray = /%(?!%)/.exec(value.replaceAll('%%', '  '));
  if (stray !== null) {
    diagnostics.error(path, 'unsupported', 'substitution operators are not supported here yet', {
      expected: 'text without operators (%% stands for a percent sign)',
    });
    return undefined;
  }
  const bytes = value.replaceAll('%%', '%');
  return { ops: bytes === '' ? [] : [{ kind: FormatNodeKind.Text, text: bytes }] };
}
