import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import { type DecodeJsonOptions, decodeJson } from '../../src/api/json_decode.ts';
import type { FieldValue, Message } from '../../src/api/message.ts';

export const pool = DescriptorPool.load();

export const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
export const CLUSTER = 'envoy.config.cluster.v3.Cluster';
export const LISTENER = 'envoy.config.listener.v3.Listener';
export const ROUTES = 'envoy.config.route.v3.RouteConfiguration';
export const NODE = 'envoy.config.core.v3.Node';

export type Decoded = {
  readonly message: Message;
  /** `severity code path: message (expected ...) [suggestion]` of every finding. */
  readonly findings: readonly string[];
  readonly diagnostics: Diagnostics;
};

/** Decodes and gathers what was found wrong. */
export function decode(
  type: string,
  value: unknown,
  options: Omit<Partial<DecodeJsonOptions>, 'diagnostics'> = {},
): Decoded {
  const diagnostics = new Diagnostics();
  const message = decodeJson(pool, type, value, { ...options, diagnostics });
  const findings = diagnostics.list.map(({ severity, code, path, message: text, expected, suggestion }) =>
    [
      `${severity} ${code} ${formatPath(path)}: ${text}`,
      expected === undefined ? '' : ` (expected ${expected})`,
      suggestion === undefined ? '' : ` [${suggestion}]`,
    ].join(''),
  );
  return { message, findings, diagnostics };
}

/** Decodes a value that must be right. */
export function good(type: string, value: unknown): Message {
  const { message, findings } = decode(type, value);
  if (findings.length > 0) throw new Error(findings.join('\n'));
  return message;
}

/** A value deep in a message. */
export function at(message: Message, ...path: (string | number)[]): FieldValue | undefined {
  let value: unknown = message;
  for (const step of path) {
    value =
      value instanceof Map ? value.get(step) : (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value as FieldValue | undefined;
}

/** Uniform numbers from a seed, so that a failure can be repeated. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }

  chance(p: number): boolean {
    return this.below(1 << 20) < p * (1 << 20);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
