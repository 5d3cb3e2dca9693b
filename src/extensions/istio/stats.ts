import { createHash } from 'node:crypto';
import type { Message } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import {
  type ExtensionInput,
  type IstioExpressionInput,
  IstioLabel,
  IstioMetric,
  type IstioMetricOverrideInput,
  IstioReporter,
} from '../../tables/generated/layout.ts';
import { beforeLast } from '../../tables/support/values.ts';
import { child, flag, messages, milliseconds, number, text, texts } from '../../tables/route_read.ts';
import type { ExtensionContext } from '../types.ts';
import { compileLabel } from './expressions.ts';

export const TYPE = 'stats.PluginConfig';
/** envoy.config.core.v3.TrafficDirection */
const INBOUND = 1;
/** stats.Reporter */
const SERVER_GATEWAY = 1;
const REPORT_MS = 5000;
/** As of native/mesh/mesh.h. */
const MOST_EXPRESSIONS = 32;

/** What metrics and labels are called in the configuration. */
const METRICS: Readonly<Record<string, IstioMetric>> = {
  requests_total: IstioMetric.RequestsTotal,
  request_duration_milliseconds: IstioMetric.RequestDuration,
  request_bytes: IstioMetric.RequestBytes,
  response_bytes: IstioMetric.ResponseBytes,
  request_messages_total: IstioMetric.RequestMessagesTotal,
  response_messages_total: IstioMetric.ResponseMessagesTotal,
  tcp_connections_opened_total: IstioMetric.TcpConnectionsOpened,
  tcp_connections_closed_total: IstioMetric.TcpConnectionsClosed,
  tcp_sent_bytes_total: IstioMetric.TcpSentBytes,
  tcp_received_bytes_total: IstioMetric.TcpReceivedBytes,
};
const snake = (name: string): string => name.replace(/(?!^)[A-Z]/g, (c) => `_${c}`).toLowerCase();
const LABELS: Readonly<Record<string, IstioLabel>> = Object.fromEntries(
  Object.entries(IstioLabel).map(([name, value]) => [snake(name), value]),
);

export function declare(registry: SupportRegistry): void {
  const metric = { name: 'requests_total' };
  registry
    .message(
      TYPE,
      {
        disable_host_header_fallback: implemented(),
        tcp_reporting_duration: implemented({ sample: '7s' }),
        metrics: implemented({ sample: [{ ...metric, drop: true }] }),
        reporter: implemented({ enum: ['UNSPECIFIED', 'SERVER_GATEWAY'] }),
        rotation_interval: harmless('Istio does nothing with it any more'),
        graceful_deletion_interval: harmless('Istio does nothing with it any more'),
      },
      { embed: beforeLast(TYPE) },
    )
    .message(
      'stats.MetricConfig',
      {
        name: implemented({ sample: 'request_bytes' }),
        dimensions: implemented({
          sample: { to: 'request.host' },
          note: 'expressions of CEL, as in access logs',
        }),
        tags_to_remove: implemented({ sample: ['source_app'] }),
        match: harmless('Istio does nothing with it any more'),
        drop: implemented(),
      },
      { minimal: { ...metric, dimensions: { base: "'base'" } } },
    );
}

type Override = {
  dropped: boolean;
  replaced: NonNullable<IstioMetricOverrideInput['replaced']>;
  added: NonNullable<IstioMetricOverrideInput['added']>;
};

/** What metrics have otherwise than by default. */
class Overrides {
  readonly expressions: IstioExpressionInput[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #metrics = new Map<IstioMetric, Override>();
  readonly #context: ExtensionContext;
  /** The place of the one that is read. */
  #index = -1;
  /** Of connections: there is no request. */
  readonly #bytes: boolean;

  constructor(context: ExtensionContext, bytes: boolean) {
    this.#context = context;
    this.#bytes = bytes;
  }

  get sources(): string[] {
    return [...this.#numbers.keys()];
  }

  get metrics(): IstioMetricOverrideInput[] {
    return [...this.#metrics].map(([metric, override]) => ({ metric, ...override }));
  }

  /** One MetricConfig, behind the ones before it. */
  add(config: Message): void {
    this.#index++;
    const name = text(config, 'name');
    const known = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
    if (flag(config, 'drop')) {
      if (known !== undefined) this.#of(known).dropped = true;
      return;
    }
    // A name that is none changes nothing.
    const concerned = name === '' ? Object.values(METRICS) : known === undefined ? [] : [known];
    for (const metric of concerned) this.#change(metric, config);
  }

  #change(metric: IstioMetric, config: Message): void {
    const override = this.#of(metric);
    const replace = (label: IstioLabel, entry: { removed?: boolean; expression?: number }): void => {
      override.replaced = [
        ...override.replaced.filter((each) => each.label !== label),
        { label, removed: entry.removed ?? false, expression: entry.expression ?? 0 },
      ];
    };
    for (const tag of texts(config, 'tags_to_remove')) {
      const label = Object.hasOwn(LABELS, tag) ? LABELS[tag] : undefined;
      if (label !== undefined) replace(label, { removed: true });
    }
    const dimensions = (config.dimensions as unknown as ReadonlyMap<string, string> | undefined) ?? new Map();
    for (const tag of [...dimensions.keys()].sort()) {
      const expression = this.#number(dimensions.get(tag) as string);
      const label = Object.hasOwn(LABELS, tag) ? LABELS[tag] : undefined;
      if (label === undefined) override.added = [...override.added, { name: tag, expression }];
      else replace(label, { expression });
    }
  }

  #of(metric: IstioMetric): Override {
    let override = this.#metrics.get(metric);
    if (override === undefined) {
      override = { dropped: false, replaced: [], added: [] };
      this.#metrics.set(metric, override);
    }
    return override;
  }

  #number(source: string): number {
    const known = this.#numbers.get(source);
    if (known !== undefined) return known;
    const compiled = compileLabel(source, this.#bytes);
    const id = this.expressions.length;
    if ('fault' in compiled) {
      const { code, message } = compiled.fault;
      const at = [...this.#context.path, 'metrics', this.#index, 'dimensions'];
      this.#context.diagnostics.error(at, code, `${JSON.stringify(source)}: ${message}`);
      return 0;
    }
    if (id === MOST_EXPRESSIONS) {
      const message = `more than ${MOST_EXPRESSIONS} expressions are not supported by attache yet`;
      this.#context.diagnostics.error([...this.#context.path, 'metrics'], 'unsupported', message);
    }
    this.expressions.push({ cel: compiled.node });
    this.#numbers.set(source, id);
    return id;
  }
}

/** `bytes`: of a filter of connections. */
export function compile(
  config: Message,
  context: ExtensionContext,
  bytes: boolean,
): ExtensionInput | undefined {
  const { direction } = context;
  if (direction === undefined) {
    const message = 'a filter of this type cannot be delivered: what it reports is by the listener';
    context.diagnostics.error(context.path, 'unsupported', message);
    return undefined;
  }
  const overrides = new Overrides(context, bytes);
  for (const metric of messages(config, 'metrics')) overrides.add(metric);
  const waypoint = number(config, 'reporter') === SERVER_GATEWAY;
  const value = {
    report_ms:
      child(config, 'tcp_reporting_duration') === undefined
        ? REPORT_MS
        : (milliseconds(config, 'tcp_reporting_duration') ?? 0),
    reporter: waypoint
      ? IstioReporter.Waypoint
      : direction === INBOUND
        ? IstioReporter.Destination
        : IstioReporter.Source,
    no_host_fallback: flag(config, 'disable_host_header_fallback'),
    expressions: overrides.expressions,
    metrics: overrides.metrics,
  };
  return {
    struct: 'IstioStats',
    value: { identity: identityOf({ ...value, expressions: overrides.sources, bytes }), ...value },
  };
}

/** 48 bits that equal configurations have in common. */
const identityOf = (value: unknown): number =>
  createHash('sha256').update(JSON.stringify(value)).digest().readUIntBE(0, 6);
