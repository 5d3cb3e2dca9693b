import type { IncomingMessage, ServerResponse } from 'node:http';
import { DescriptorPool } from '../api/descriptor.ts';
import { Diagnostics, formatPath } from '../api/diagnostics.ts';
import { decodeJson } from '../api/json_decode.ts';
import { isMessage, type Message } from '../api/message.ts';
import type { Callbacks, FetchInfo } from './callbacks.ts';
import { fetchResources } from './fetch.ts';
import { nodeInfo } from './request.ts';
import type { Resource } from './resource.ts';
import { TYPES } from './resource_types.ts';
import type { Source } from './view.ts';

const PREFIX = '/v3/discovery:';
const REQUEST = 'envoy.service.discovery.v3.DiscoveryRequest';
const MAX_BODY = 64 << 20;

const byPath = new Map(TYPES.flatMap((type) => (type.rest === undefined ? [] : [[type.rest, type]])));

type Context = { readonly source: Source; readonly callbacks: Callbacks };

/** gRPC's codes in HTTP's. */
const HTTP_STATUS: Readonly<Record<number, number>> = { 3: 400, 7: 403, 8: 429, 14: 503, 16: 401 };

/** Answers POST /v3/discovery:clusters and the like. False: it is something else. */
export function restHandler(context: Context, request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const type = path.startsWith(PREFIX) ? byPath.get(path.slice(PREFIX.length)) : undefined;
  if (type === undefined) return false;
  if (request.method !== 'POST') {
    reply(response, 405, 'text/plain', 'discovery is asked for with POST\n');
    return true;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
    else request.destroy();
  });
  request.on('end', () => {
    try {
      answer(context, type.typeUrl, request, Buffer.concat(chunks), response);
    } catch (error) {
      const { code } = error as { code?: unknown };
      const status = (typeof code === 'number' ? HTTP_STATUS[code] : undefined) ?? 400;
      reply(response, status, 'text/plain', `${error instanceof Error ? error.message : String(error)}\n`);
    }
  });
  request.on('error', () => response.destroy());
  return true;
}

function answer(
  { source, callbacks }: Context,
  typeUrl: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const message = readRequest(body);
  if (typeof message.type_url === 'string' && message.type_url !== typeUrl)
    throw new Error(`this path is for ${typeUrl}, not for ${message.type_url}`);
  const info: FetchInfo = {
    typeUrl,
    node: isMessage(message.node) ? nodeInfo(message.node) : { id: '', cluster: '' },
    versionInfo: typeof message.version_info === 'string' ? message.version_info : '',
    names: (message.resource_names ?? []) as readonly string[],
    peer: `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? ''}`,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]),
    ),
  };
  callbacks.onFetch?.(info);
  const { version, resources } = fetchResources(source, info);
  const status = version === info.versionInfo ? 304 : 200;
  if (status === 304) response.writeHead(304).end();
  else reply(response, 200, 'application/json', responseText(typeUrl, version, resources));
  callbacks.onFetchResponse?.(info, { version, status });
}

function readRequest(body: Buffer): Message {
  const diagnostics = new Diagnostics();
  const plain: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  // A newer client may say more than this server knows.
  const message = decodeJson(DescriptorPool.load(), REQUEST, plain, { diagnostics, unknownFields: 'ignore' });
  const wrong = diagnostics.list.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new Error(`${formatPath(wrong.path)}: ${wrong.message}`);
  return message;
}

/** Written once for each version of a resource. */
const texts = new WeakMap<Resource, string>();

function textOf(resource: Resource): string {
  let text = texts.get(resource);
  if (text === undefined) {
    text = JSON.stringify({ '@type': resource.typeUrl, ...(resource.json() as object) });
    texts.set(resource, text);
  }
  return text;
}

function responseText(typeUrl: string, version: string, resources: readonly Resource[]): string {
  const head = `"version_info":${JSON.stringify(version)},"type_url":${JSON.stringify(typeUrl)}`;
  return `{${head},"resources":[${resources.map(textOf).join(',')}]}`;
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
