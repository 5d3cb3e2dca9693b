import type { FieldValue, Message } from '../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../api/support.ts';
import type { ExtensionContext } from '../extensions/types.ts';
import type { TraceTagInput, TracingInput } from '../tables/generated/layout.ts';
import {
  child,
  decoded,
  flag,
  has,
  messages,
  number,
  text,
  wrappedFlag,
  wrappedNumber,
} from '../tables/route_read.ts';
import { compileZipkin, declareZipkin, ZIPKIN } from './zipkin.ts';

const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const TRACING = `${MANAGER}.Tracing`;
const TAG = 'envoy.type.tracing.v3.CustomTag';
/** envoy.config.core.v3.TrafficDirection */
const OUTBOUND = 2;

/** Filters here have no metadata to say, so that only what stands for nothing counts. */
const ofRequests = (value: FieldValue): string | undefined =>
  has(child(value as Message, 'kind') ?? { $type: '' }, 'request') ||
  child(value as Message, 'kind') === undefined
    ? undefined
    : 'metadata of other things than requests';

export function declareTracing(registry: SupportRegistry, minimal: Record<string, unknown>): void {
  const within = (tracing: object): Record<string, unknown> => ({ ...minimal, tracing });
  const tag = { tag: 'a', literal: { value: 'b' } };
  const kind = { kind: { request: {} }, metadata_key: { key: 'k', path: [{ key: 'p' }] } };
  registry
    .message(
      TRACING,
      {
        client_sampling: implemented({ sample: { value: 7 } }),
        random_sampling: implemented({ sample: { value: 7 } }),
        overall_sampling: implemented({ sample: { value: 7 } }),
        max_path_tag_length: implemented(),
        custom_tags: implemented({ sample: [tag] }),
        provider: implemented(),
        spawn_upstream_span: implemented({ sample: true }),
        no_context_propagation: implemented(),
      },
      { embed: { message: MANAGER, wrap: within } },
    )
    .message(
      'envoy.config.trace.v3.Tracing.Http',
      { name: harmless('the type of the configuration decides'), typed_config: implemented() },
      { embed: { message: TRACING, wrap: (json) => ({ provider: json }) } },
    )
    .message(TAG, {
      metadata: implemented({ inside: [`${TRACING}.custom_tags`], uncompiled: 'nothing has any' }),
    })
    .message(
      `${TAG}.Metadata`,
      {
        kind: harmless('filters set no metadata of requests'),
        metadata_key: harmless('filters set no metadata of requests'),
        default_value: implemented(),
      },
      {
        minimal: kind,
        embed: { message: TRACING, wrap: (json) => ({ custom_tags: [{ tag: 'a', metadata: json }] }) },
      },
    )
    .message(
      'envoy.config.route.v3.Decorator',
      {
        operation: implemented({ sample: 'other' }),
        propagate: implemented({ sample: false }),
      },
      { minimal: { operation: 'base' } },
    );
  const zipkin = (config: object): Record<string, unknown> =>
    within({
      provider: { name: 'zipkin', typed_config: { '@type': `type.googleapis.com/${ZIPKIN}`, ...config } },
    });
  declareZipkin(registry, zipkin);
}

const percent = (tracing: Message, field: string): number => {
  const value = child(tracing, field);
  return value === undefined ? 100 : number(value, 'value');
};

/** undefined: it would never be there. */
function compileTag(
  tag: Message,
  { compileFormat, diagnostics, path, env }: ExtensionContext,
): TraceTagInput | undefined {
  const name = text(tag, 'tag');
  const constant = (value: string): TraceTagInput | undefined =>
    value === '' ? undefined : { name, format: {}, otherwise: value };
  const literal = child(tag, 'literal');
  if (literal !== undefined) return constant(text(literal, 'value'));
  const environment = child(tag, 'environment');
  if (environment !== undefined)
    return constant(env[text(environment, 'name')] ?? text(environment, 'default_value'));
  const metadata = child(tag, 'metadata');
  if (metadata !== undefined) return constant(text(metadata, 'default_value'));
  const header = child(tag, 'request_header');
  if (header === undefined) return undefined;
  const format = compileFormat(`%REQ(${text(header, 'name')})%`, { diagnostics, path });
  return (
    format && { name, format: { ...format, omit_empty: true }, otherwise: text(header, 'default_value') }
  );
}

/** HttpConnectionManager.tracing; undefined: there is none. */
export function compileTracing(manager: Message, outer: ExtensionContext): TracingInput | undefined {
  const tracing = child(manager, 'tracing');
  if (tracing === undefined) return undefined;
  const context = { ...outer, path: [...outer.path, 'tracing'] };
  for (const [i, tag] of messages(tracing, 'custom_tags').entries()) {
    const metadata = child(tag, 'metadata');
    const fault = metadata && ofRequests(metadata);
    if (fault !== undefined) {
      const at = [...context.path, 'custom_tags', i, 'metadata', 'kind'];
      context.diagnostics.error(at, 'unsupported', `${fault} are not supported by attache yet`);
    }
  }
  const provider = decoded(child(child(tracing, 'provider') ?? tracing, 'typed_config'));
  const at = { diagnostics: context.diagnostics, path: [...context.path, 'provider', 'typed_config'] };
  return {
    client_sampling: Math.floor(percent(tracing, 'client_sampling')),
    random_sampling: Math.round(percent(tracing, 'random_sampling') * 100),
    overall_sampling: Math.floor(percent(tracing, 'overall_sampling')),
    max_path_bytes: wrappedNumber(tracing, 'max_path_tag_length', 256),
    egress: context.direction === OUTBOUND,
    spawn_upstream: wrappedFlag(tracing, 'spawn_upstream_span', false),
    keeps_context: flag(tracing, 'no_context_propagation'),
    tags: messages(tracing, 'custom_tags').flatMap((tag) => compileTag(tag, context) ?? []),
    zipkin: provider?.$type === ZIPKIN ? compileZipkin(provider, at) : undefined,
  };
}
