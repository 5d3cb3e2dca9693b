import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import { extensionCategory, mapCategory } from './extension_sites.ts';
import { ANY_TYPE, TYPE_URL_PREFIX } from './message.ts';
import type { Implemented, SupportRegistry } from './support.ts';

type Json = Record<string, unknown>;

/**
 * A generated case: `base` and each of `changed` are JSON of a `resource`; `changed` differ in one field of
 * one message in it. All must compile, and one of `changed` to other bytes than `base`.
 */
export type SupportCase = {
  readonly message: string;
  readonly field: string;
  readonly resource: string;
  readonly base: Json;
  readonly changed: readonly Json[];
};

/** What is compiled as a whole. */
export const RESOURCES = [
  'envoy.config.listener.v3.Listener',
  'envoy.config.cluster.v3.Cluster',
  'envoy.config.route.v3.RouteConfiguration',
  'envoy.config.endpoint.v3.ClusterLoadAssignment',
  'envoy.config.bootstrap.v3.Bootstrap',
] as const;

/** Puts JSON of one message into the message around it. */
type Step = { readonly parent: string; readonly wrap: (json: Json) => Json };

/**
 * One case for each implemented field. A message is embedded as its registration says, else along the
 * shortest way of implemented fields from one of `resources`. A field that holds a message with cases of its
 * own needs no sample; any other without one that can be made up is an error.
 */
export function* supportCases(
  pool: DescriptorPool,
  registry: SupportRegistry,
  resources: readonly string[] = RESOURCES,
): Generator<SupportCase> {
  const ways = findWays(pool, registry, resources);
  for (const message of registry.messages) {
    const desc = pool.message(message);
    if (desc === undefined) continue;
    for (const [name, support] of registry.fields(message)) {
      const field = desc.field(name);
      if (field === undefined || support.kind !== 'implemented') continue;
      const samples = samplesOf(registry, field, support);
      if (samples === undefined) throw new Error(`${message}.${name} is implemented and needs a sample`);
      if (samples.length === 0) continue;
      yield caseOf(registry, ways, desc, field, samples, support);
    }
  }
}

function caseOf(
  registry: SupportRegistry,
  ways: ReadonlyMap<string, Step>,
  desc: MessageDesc,
  field: FieldDesc,
  samples: readonly unknown[],
  support: Implemented,
): SupportCase {
  const base: Json = { ...registry.options(desc.fullName).minimal, ...support.base };
  const changed = samples.map((sample) => ({ ...without(base, desc, field), [field.name]: sample }));
  const whole = (json: Json): { resource: string; value: Json } =>
    support.embed === undefined
      ? embed(registry, ways, desc.fullName, json)
      : embed(registry, ways, support.embed.message, support.embed.wrap(json));
  const { resource, value } = whole(base);
  return {
    message: desc.fullName,
    field: field.name,
    resource,
    base: value,
    changed: changed.map((json) => whole(json).value),
  };
}

function embed(
  registry: SupportRegistry,
  ways: ReadonlyMap<string, Step>,
  message: string,
  json: Json,
): { resource: string; value: Json } {
  let resource = message;
  let value = json;
  for (let depth = 0; depth < 32; depth++) {
    const own = registry.options(resource).embed;
    const step = own === undefined ? ways.get(resource) : { parent: own.message, wrap: own.wrap };
    if (step === undefined) return { resource, value };
    value = step.wrap(value);
    resource = step.parent;
  }
  throw new Error(`${message} is embedded in itself`);
}

/** The object without the other members of the field's oneof. */
function without(json: Json, desc: MessageDesc, field: FieldDesc): Json {
  if (field.oneof === undefined) return json;
  const others = Object.entries(json).filter(([key]) => desc.field(key)?.oneof !== field.oneof);
  return Object.fromEntries(others);
}

/**
 * The values of a field's case: of a message that it holds, the values of that one's cases; none for an
 * extension, whose fields have cases of their own; `undefined` when somebody has to name one.
 */
export function samplesOf(
  registry: SupportRegistry,
  field: FieldDesc,
  support: Implemented,
): readonly unknown[] | undefined {
  if (support.uncompiled !== undefined) return [];
  if (support.sample !== undefined) return [support.sample];
  const samples = made(registry, field, support);
  // An enum of which only the default is accepted has nothing to be set to.
  if (samples.length > 0 || field.enum !== undefined) return samples;
  return covered(registry, field) ? within(registry, field, support, 0) : undefined;
}

/** How far to look for a field that has samples. */
const MAX_DEPTH = 4;

/** Values of a field that holds a message: its smallest one, with one of its fields set. */
function within(
  registry: SupportRegistry,
  field: FieldDesc,
  { without: absent = [] }: Implemented,
  depth: number,
): unknown[] {
  const desc = field.map === undefined ? field.message : undefined;
  if (desc === undefined || desc.fullName === ANY_TYPE || depth === MAX_DEPTH) return [];
  const { minimal } = registry.options(desc.fullName);
  const values: unknown[] = [];
  for (const [name, support] of registry.fields(desc.fullName)) {
    const inner = desc.field(name);
    if (inner === undefined || support.kind !== 'implemented' || absent.includes(name)) continue;
    if (support.embed !== undefined || support.inside !== undefined) continue; // it needs other surroundings than these
    if (support.uncompiled !== undefined) continue; // it shows nothing
    const own = support.sample === undefined ? made(registry, inner, support) : [support.sample];
    const samples = own.length > 0 ? own : within(registry, inner, support, depth + 1);
    for (const sample of samples)
      values.push({ ...without({ ...minimal, ...support.base }, desc, inner), [name]: sample });
  }
  return field.repeated ? values.map((value) => [value]) : values;
}

function covered(registry: SupportRegistry, field: FieldDesc): boolean {
  const type = (field.map?.value ?? field).message?.fullName;
  return type !== undefined && (type === ANY_TYPE || registry.fields(type).size > 0);
}

/** From each message to the one around it, breadth first, so that the ways are short. */
function findWays(
  pool: DescriptorPool,
  registry: SupportRegistry,
  resources: readonly string[],
): ReadonlyMap<string, Step> {
  const ways = new Map<string, Step>();
  const seen = new Set<string>();
  /** `step`: how it was come to, where its category is another one than that of the way to its message. */
  type Stop = { readonly message: string; readonly category: string | undefined; readonly step?: Step };
  const queue: Stop[] = resources.map((message) => ({ message, category: undefined }));
  const reach = (message: string, category: string | undefined, step: Step): void => {
    const key = `${message} ${category}`;
    if (seen.has(key) || resources.includes(message)) return;
    seen.add(key);
    const first = !ways.has(message);
    if (first) ways.set(message, step);
    queue.push(first ? { message, category } : { message, category, step });
  };
  for (let stop = queue.shift(); stop !== undefined; stop = queue.shift()) {
    const { message, category } = stop;
    const desc = pool.message(message);
    for (const [name, support] of registry.fields(message)) {
      const field = desc?.field(name);
      const item = field?.map?.value ?? field;
      if (desc === undefined || field === undefined || item?.message === undefined) continue;
      // What is not compiled where it stands shows nothing of what is in it.
      if (support.kind !== 'implemented' || support.uncompiled !== undefined) continue;
      const type = item.message.fullName;
      if (type !== ANY_TYPE) {
        const inner = extensionCategory(type, message, name);
        if (registry.fields(type).size > 0) reach(type, inner, stepInto(registry, desc, field, undefined));
        continue;
      }
      const kind = field.map ? mapCategory(message, name) : (category ?? extensionCategory(message));
      for (const extension of registry.extensions) {
        if (extension.category !== kind) continue;
        for (const each of field.map ? (extension.overrides ?? []) : [extension.type]) {
          const inner = stepInto(registry, desc, field, { name: extension.name, type: each });
          reach(each, undefined, stop.step === undefined ? inner : both(stop.step, inner));
        }
      }
    }
  }
  return ways;
}

const both = (outer: Step, inner: Step): Step => ({
  parent: outer.parent,
  wrap: (json) => outer.wrap(inner.wrap(json)),
});

function stepInto(
  registry: SupportRegistry,
  desc: MessageDesc,
  field: FieldDesc,
  extension: { readonly name: string; readonly type: string } | undefined,
): Step {
  const named = extension !== undefined && desc.field('name') !== undefined ? { name: extension.name } : {};
  const wrap = (json: Json): Json => {
    const value = extension === undefined ? json : { '@type': TYPE_URL_PREFIX + extension.type, ...json };
    const held = field.map ? { [extension?.name ?? 'key']: value } : field.repeated ? [value] : value;
    const around = without({ ...registry.options(desc.fullName).minimal }, desc, field);
    return { ...named, ...around, [field.name]: held };
  };
  return { parent: desc.fullName, wrap };
}

/** Values that cannot all be the default. */
function made(registry: SupportRegistry, field: FieldDesc, support: Implemented): unknown[] {
  const list = (values: unknown[]): unknown[] => (field.repeated ? values.map((v) => [v]) : values);
  if (field.map !== undefined) return [];
  if (field.enum !== undefined) {
    const accepted = [...(registry.acceptedValues(field, support) ?? [])];
    return list(accepted.filter((value) => field.repeated || field.enum?.byName(value) !== 0));
  }
  if (field.message !== undefined) {
    const { fullName, fields } = field.message;
    return list(WELL_KNOWN_SAMPLES[fullName] ?? (fields.length === 0 ? [{}] : []));
  }
  return list(SCALAR_SAMPLES[field.type] ?? [7]);
}

const WELL_KNOWN_SAMPLES: Readonly<Record<string, unknown[]>> = {
  'google.protobuf.BoolValue': [true, false],
  'google.protobuf.UInt32Value': [7, 11],
  'google.protobuf.UInt64Value': [7, 11],
  'google.protobuf.Int32Value': [7, 11],
  'google.protobuf.Int64Value': [7, 11],
  'google.protobuf.DoubleValue': [0.25, 0.75],
  'google.protobuf.FloatValue': [0.25, 0.75],
  'google.protobuf.StringValue': ['sample', 'other'],
  'google.protobuf.Duration': ['7s', '11s'],
};

const SCALAR_SAMPLES: Readonly<Record<string, unknown[]>> = {
  bool: [true],
  string: ['sample'],
  bytes: ['c2FtcGxl'],
  double: [0.25],
  float: [0.25],
};
