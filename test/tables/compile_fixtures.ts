/** From ProtoJSON to compiled records, read back. */
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import type { Message } from '../../src/api/message.ts';
import { validate } from '../../src/api/validate.ts';
import { type CompileContext, type Compiled, listenerPayload } from '../../src/config/compile.ts';
import { type ReadStruct, readRecord } from '../../src/tables/reader.ts';

export type Json = Record<string, unknown>;
export const pool = DescriptorPool.load();

/** A valid message of the type. Throws for what is not. */
export function message(type: string, json: Json): Message {
  const diagnostics = new Diagnostics();
  const made = decodeJson(pool, type, json, { diagnostics, path: [], unknownFields: 'reject' });
  validate(pool, made, [], diagnostics);
  if (diagnostics.hasErrors) throw new Error(found(diagnostics).join('\n'));
  return made;
}

/** `path: message` of every finding. */
export const found = (diagnostics: Diagnostics): string[] =>
  diagnostics.list.map(({ path, message: text }) => `${formatPath(path)}: ${text}`);

/** The resource's own record; filter chains of a listener as if they stood in it, without their hashes. */
export const read = (compiled: Compiled | undefined): ReadStruct => {
  const record = compiled?.records.at(-1);
  if (record === undefined) throw new Error('nothing was compiled');
  const { value } = readRecord(record);
  const chain = (ref: unknown): ReadStruct => {
    const { hash: _, ...rest } = readRecord(
      compiled?.records[(ref as { record: number }).record] as never,
    ).value;
    return rest;
  };
  const { filter_chains, default_filter_chain, shape: _, ...rest } = value;
  if (filter_chains === undefined && default_filter_chain === undefined) return value;
  return {
    ...rest,
    ...(filter_chains === undefined
      ? {}
      : { filter_chains: (filter_chains as { chain: unknown }[]).map((each) => chain(each.chain)) }),
    ...(default_filter_chain === undefined ? {} : { default_filter_chain: chain(default_filter_chain) }),
  };
};

export const any = (type: string, fields: Json = {}): Json => ({
  '@type': `type.googleapis.com/envoy.extensions.${type}`,
  ...fields,
});
export const socket = (address: string, port: number): Json => ({
  socket_address: { address, port_value: port },
});
export const router = (fields: Json = {}): Json => ({
  name: 'router',
  typed_config: any('filters.http.router.v3.Router', fields),
});
export const manager = (fields: Json = {}): Json => ({
  name: 'http',
  typed_config: any('filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'in',
    route_config: { name: 'routes' },
    http_filters: [router()],
    ...fields,
  }),
});
export const listener = (fields: Json = {}): Json => ({
  name: 'front',
  address: socket('127.0.0.1', 7000),
  filter_chains: [{ filters: [manager()] }],
  ...fields,
});

/** What becomes of a listener, and the findings. */
export function compileListener(json: Json, context: Partial<CompileContext> = {}) {
  const diagnostics = new Diagnostics();
  const type = 'envoy.config.listener.v3.Listener';
  const payload = listenerPayload(message(type, json), [], { pool, diagnostics, ...context });
  return { payload, findings: found(diagnostics) };
}
