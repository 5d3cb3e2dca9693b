import type { Message } from '../api/message.ts';
import { child, messages, number, text } from '../tables/route_read.ts';
import type { ConfigSource } from './payload.ts';
import { configSource } from './sources.ts';

/** A decoded message, or one that is read by its field names alone. */
type Msg = { readonly [field: string]: unknown };

/**
 * The runtime (envoy.config.bootstrap.v3.LayeredRuntime) as far as it is static: its values are known
 * when the configuration is read, and go into it.
 */
export type RuntimeValue = string | number | boolean;
/** A layer that comes from elsewhere (RTDS), and by which name. */
type Rtds = { readonly name: string; readonly source: ConfigSource };
export type RuntimeLayer = {
  readonly name: string;
  readonly values: ReadonlyMap<string, RuntimeValue>;
  readonly rtds?: Rtds;
};
/** The same as text, as /runtime shows it. */
export type RuntimeView = {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly rtds?: Rtds;
};

/** How many connections may be open at once; absent: any number. */
export type ConnectionLimits = {
  readonly global?: number;
  /** The overload manager says so: the runtime cannot overrule it. */
  readonly monitored?: boolean;
  readonly listeners: Readonly<Record<string, number>>;
};

/** Whether names with an authority are asked of the bootstrap's source for that, whatever theirs says. */
export const SINGLETONS = 'envoy.reloadable_features.xdstp_based_config_singleton_subscriptions';
const GLOBAL = 'overload.global_downstream_max_connections';
const LISTENER = /^envoy\.resource_limits\.listener\.(.+)\.connection_limit$/;
const MONITOR = 'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig';

/** A google.protobuf.Struct whose members, and members of members, are keys with dots between. */
function collect(struct: Message, prefix: string, into: Map<string, RuntimeValue>): void {
  const { fields } = struct;
  if (!(fields instanceof Map)) return;
  for (const [name, value] of fields as ReadonlyMap<string, Message>) {
    const key = `${prefix}${name}`;
    const inner = child(value, 'struct_value');
    const plain = value.number_value ?? value.string_value ?? value.bool_value;
    if (inner !== undefined) collect(inner, `${key}.`, into);
    else into.set(key, typeof plain === 'object' || plain === undefined ? '' : (plain as RuntimeValue));
  }
}

/** The keys of a layer that nothing looks up. */
export function unknownRuntimeKeys(layer: Message): string[] {
  const values = new Map<string, RuntimeValue>();
  collect(layer, '', values);
  return [...values.keys()].filter((key) => key !== GLOBAL && key !== SINGLETONS && !LISTENER.test(key));
}

/** The layers of a bootstrap in their order; a later one overrules those before. */
export function runtimeLayers(bootstrap: Message): RuntimeLayer[] {
  const runtime = child(bootstrap, 'layered_runtime');
  return (runtime === undefined ? [] : messages(runtime, 'layers')).map((layer) => {
    const values = new Map<string, RuntimeValue>();
    const fixed = child(layer, 'static_layer');
    if (fixed !== undefined) collect(fixed, '', values);
    const discovered = child(layer, 'rtds_layer');
    const source = discovered && configSource(child(discovered, 'rtds_config'));
    const rtds = source && { name: text(discovered as Message, 'name'), source };
    return { name: text(layer, 'name'), values, ...(rtds === undefined ? {} : { rtds }) };
  });
}

/** What a layer of RTDS (envoy.service.runtime.v3.Runtime) sets, as text. */
export function runtimeValues(runtime: Message): Record<string, string> {
  const values = new Map<string, RuntimeValue>();
  const layer = child(runtime, 'layer');
  if (layer !== undefined) collect(layer, '', values);
  return Object.fromEntries([...values].map(([key, value]) => [key, String(value)]));
}

/** Keys that nothing looks up while it runs. */
export const unknownLiveKeys = (values: Readonly<Record<string, string>>): string[] =>
  Object.keys(values).filter((key) => key !== GLOBAL);

/** How many connections the layers allow in all; the last one that says so counts. */
export function globalLimit(layers: readonly RuntimeView[]): number | undefined {
  const said = layers.map(({ values }) => Number(values[GLOBAL] ?? 'none'));
  return said.findLast((limit) => Number.isSafeInteger(limit) && limit >= 0);
}

export const runtimeView = (bootstrap: Msg): RuntimeView[] =>
  runtimeLayers(bootstrap as Message).map(({ name, values, rtds }) => ({
    name,
    values: Object.fromEntries([...values].map(([key, value]) => [key, String(value)])),
    ...(rtds === undefined ? {} : { rtds }),
  }));

/**
 * What a bootstrap says about connections: by its runtime, or by the monitor of its overload manager.
 * Undefined when it says nothing.
 */
export function connectionLimits(bootstrap: Msg): ConnectionLimits | undefined {
  const listeners: Record<string, number> = {};
  let global: number | undefined;
  for (const { values } of runtimeLayers(bootstrap as Message)) {
    for (const [key, value] of values) {
      const limit = Number(value);
      if (!Number.isSafeInteger(limit) || limit < 0) continue;
      const name = LISTENER.exec(key)?.[1];
      if (name !== undefined) listeners[name] = limit;
      else if (key === GLOBAL) global = limit;
    }
  }
  const byMonitor = monitored(bootstrap as Message);
  global = byMonitor ?? global;
  if (global === undefined && Object.keys(listeners).length === 0) return undefined;
  return {
    ...(global === undefined ? {} : { global }),
    ...(byMonitor === undefined ? {} : { monitored: true }),
    listeners,
  };
}

function monitored(bootstrap: Message): number | undefined {
  const manager = child(bootstrap, 'overload_manager');
  for (const monitor of manager === undefined ? [] : messages(manager, 'resource_monitors')) {
    const any = child(monitor, 'typed_config');
    const config = any === undefined ? undefined : child(any, '$decoded');
    if (config?.$type === MONITOR) return number(config, 'max_active_downstream_connections');
  }
  return undefined;
}
