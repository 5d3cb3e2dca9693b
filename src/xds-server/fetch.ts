import { type FetchInfo, Refused } from './callbacks.ts';
import { hashOf, type Resource } from './resource.ts';
import { typeOf } from './resource_types.ts';
import { bytesField, textField } from './wire_parts.ts';
import type { Source } from './view.ts';

/** The answer to one poll. */
export type Fetched = {
  readonly typeUrl: string;
  /** Of what is asked for: another list of names has another version. */
  readonly version: string;
  readonly resources: readonly Resource[];
};

/** gRPC's UNAVAILABLE */
const UNAVAILABLE = 14;

/** What a client that polls gets. Throws Refused when nothing is known for it yet. */
export function fetchResources(source: Source, info: FetchInfo): Fetched {
  const { typeUrl, node } = info;
  const names = info.names.filter((name) => name !== '*');
  const everything = names.length < info.names.length || (names.length === 0 && !typeOf(typeUrl).named);
  let view = source.view(node, typeUrl);
  const missing = names.filter((name) => view?.find(name) === undefined);
  if (missing.length > 0 && source.demand !== undefined) {
    source.demand(node, typeUrl, missing);
    view = source.view(node, typeUrl);
  }
  if (view === undefined)
    throw new Refused(`there is no ${typeOf(typeUrl).message} for this client yet`, UNAVAILABLE);
  if (everything) return { typeUrl, version: view.version, resources: [...view.resources] };
  const found = new Set<Resource>();
  for (const name of names) {
    const resource = view.find(name);
    if (resource !== undefined) found.add(resource);
  }
  const resources = [...found];
  const version = hashOf(...resources.flatMap(({ name, version: own }) => [name, '\0', own, '\0']));
  return { typeUrl, version, resources };
}

/** A DiscoveryResponse of it. */
export function fetchedMessage({ typeUrl, version, resources }: Fetched, identifier: string): Buffer {
  return Buffer.concat([
    textField(1, version),
    ...resources.map((resource) => resource.sotwField),
    textField(4, typeUrl),
    ...(identifier === '' ? [] : [bytesField(6, bytesField(1, Buffer.from(identifier)))]),
  ]);
}
