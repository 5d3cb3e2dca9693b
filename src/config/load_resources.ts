import { checkDeprecated } from '../api/deprecated.ts';
import { DescriptorPool } from '../api/descriptor.ts';
import { type Diagnostic, Diagnostics, formatPath } from '../api/diagnostics.ts';
import { decodeJson } from '../api/json_decode.ts';
import { ANY_TYPE, type FieldValue, isMessage, type Message, typeNameOf } from '../api/message.ts';
import { checkSupport } from '../api/support_check.ts';
import { validate } from '../api/validate.ts';
import { anyBytes, decodeAny, decodeWire, WireError } from '../api/wire.ts';
import { supportRegistry } from '../tables/support/registry.ts';
import { child, messages, text } from '../tables/route_read.ts';
import { discovered, hashOf, type LoadContext, nameOf, unwrap } from './load.ts';
import type { LoadedResources, LoadedResponse, LoadOptions, RawResource } from './messages.ts';
import type { Resource } from './resource_map.ts';
import { compileEarly } from '../tuning.ts';
import { checkTls } from './tls_check.ts';

/** From so many on it is worth while to have the code compiled. */
const MANY = 100;

/** One finding as a line: what a control plane reads in the error of its response. */
export function findingText({ path, message, expected, suggestion }: Diagnostic): string {
  const place = path.length === 0 ? '' : `${formatPath(path)}: `;
  const wanted = expected === undefined ? '' : ` (expected ${expected})`;
  return `${place}${message}${wanted}${suggestion === undefined ? '' : `, did you mean "${suggestion}"?`}`;
}

/** Reads what is in each Any too, and tells of fields that nobody knows. */
function openAll(
  pool: DescriptorPool,
  value: FieldValue,
  onUnknown: (message: string, field: number | string) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) openAll(pool, item as FieldValue, onUnknown);
    return;
  }
  if (value instanceof Map) {
    for (const item of value.values()) openAll(pool, item as FieldValue, onUnknown);
    return;
  }
  if (!isMessage(value)) return;
  if (value.$type === ANY_TYPE) {
    const inner = decodeAny(pool, value, { onUnknown });
    if (inner !== undefined) openAll(pool, inner, onUnknown);
    return;
  }
  for (const field in value) {
    const inner = value[field];
    if (typeof inner === 'object') openAll(pool, inner, onUnknown);
  }
}

/** The message, valid and supported, or what is wrong in `diagnostics`. */
function read(
  typeUrl: string,
  bytes: Uint8Array,
  options: LoadOptions,
  diagnostics: Diagnostics,
): Message | undefined {
  const pool = DescriptorPool.load();
  const unknown = new Set<string>();
  const onUnknown = (message: string, field: number | string): void =>
    void unknown.add(`${message} has no field ${field}`);
  let message: Message;
  try {
    message = decodeWire(pool, typeNameOf(typeUrl), bytes, { onUnknown });
    openAll(pool, message, onUnknown);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    diagnostics.error([], 'wire', error.message);
    return undefined;
  }
  if (options.unknownDynamic !== 'ignore') {
    for (const text of unknown) {
      if (options.unknownDynamic === 'reject') diagnostics.error([], 'unknown-field', text);
      else diagnostics.warning([], 'unknown-field', text);
    }
  }
  validate(pool, message, [], diagnostics);
  checkSupport(pool, supportRegistry(), message, [], diagnostics);
  checkDeprecated(pool, message, [], diagnostics);
  return message;
}

/**
 * Checks and compiles resources as they came on the wire, each by itself: what is wrong with one does not
 * concern the others. Never throws for what they say.
 */
export function loadResources(
  typeUrl: string,
  list: readonly RawResource[],
  options: LoadOptions,
): LoadedResources {
  if (list.length >= MANY) compileEarly();
  const pool = DescriptorPool.load();
  const resources: Resource<unknown>[] = [];
  const failures: { name: string; details: string; bytes: Uint8Array }[] = [];
  const warnings: string[] = [];
  let unknownFields = 0;
  for (const { name, bytes, use } of list) {
    const diagnostics = new Diagnostics();
    const context: LoadContext = {
      pool,
      diagnostics,
      listenerLimits: options.listenerLimits,
      bind: options.bind,
      secrets: options.secrets,
      origin: options.origin,
      checkTls,
      ads: options.ads,
      use,
      bytesOf: () => bytes,
    };
    const message = read(typeUrl, bytes, options, diagnostics);
    const made =
      message === undefined || diagnostics.hasErrors ? undefined : discovered(typeUrl, message, [], context);
    for (const one of diagnostics.list) {
      if (one.severity === 'error') continue;
      if (one.code === 'unknown-field') unknownFields++;
      if (!(options.skipDeprecated && one.code === 'deprecated'))
        warnings.push(`${name}: ${findingText(one)}`);
    }
    if (made !== undefined && !diagnostics.hasErrors) {
      resources.push({ ...made, name: name || made.name, hash: hashOf(bytes) });
      continue;
    }
    const errors = diagnostics.list.filter(({ severity }) => severity === 'error').map(findingText);
    failures.push({ name, details: errors.join('; '), bytes });
  }
  return { resources, failures, warnings, unknownFields };
}

const DISCOVERY = 'envoy.service.discovery.v3.DiscoveryResponse';

/** Reads a DiscoveryResponse as JSON (REST): its resources become bytes as they come on a stream. */
export function loadResponse(json: string, options: LoadOptions): LoadedResponse {
  const pool = DescriptorPool.load();
  const diagnostics = new Diagnostics();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { kind: 'bad', details: `not JSON: ${(error as Error).message}` };
  }
  const response = decodeJson(pool, DISCOVERY, value, { diagnostics, unknownFields: options.unknownDynamic });
  if (diagnostics.hasErrors) {
    const errors = diagnostics.list.filter(({ severity }) => severity === 'error');
    return { kind: 'bad', details: errors.map(findingText).join('; ') };
  }
  return {
    kind: 'ok',
    version: text(response, 'version_info'),
    nonce: text(response, 'nonce'),
    typeUrl: text(response, 'type_url'),
    resources: messages(response, 'resources').map((any) => {
      const { message, type } = unwrap(any, []);
      const outer = child(any, '$decoded');
      const inner = outer?.$type.endsWith('.Resource') ? child(outer, 'resource') : any;
      const bytes = inner === undefined ? new Uint8Array() : anyBytes(pool, inner);
      return { name: message === undefined ? '' : nameOf(message), typeUrl: type, bytes };
    }),
  };
}
