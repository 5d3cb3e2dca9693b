import type { CompiledResource } from '../../config/compiled.ts';
import { type PackedResource, unpackResource } from '../../config/packed_resource.ts';
import {
  type EndpointsInput,
  type HostHealth,
  type LocalityInput,
  writeRecord,
} from '../../tables/generated/layout.ts';
import { readRecord } from '../../tables/reader.ts';

type Records = CompiledResource | PackedResource;

/** A host of an Endpoints record, by its place in it, and what is to be made of its health. */
export type PlacedHost<C> = { readonly from: C; readonly at: number; readonly health: HostHealth };

const read = (given: Records): EndpointsInput => {
  const { records } = given instanceof Uint8Array ? unpackResource(given) : given;
  const last = records.at(-1);
  if (last === undefined) throw new Error('a resource without a record');
  return readRecord(last).value as unknown as EndpointsInput;
};

const localityKey = ({ region, zone, sub_zone, priority = 0, weight = 0 }: LocalityInput): string =>
  JSON.stringify([region, zone, sub_zone, priority, weight]);

/**
 * The Endpoints record of `base` with these hosts alone: those of `base`, and others that records before it had, which
 * bring their localities along.
 */
export function placeHosts(base: Records, hosts: readonly PlacedHost<Records>[]): CompiledResource {
  const known = new Map<Records, EndpointsInput>();
  const contentOf = (from: Records): EndpointsInput => {
    let value = known.get(from);
    if (value === undefined) {
      value = read(from);
      known.set(from, value);
    }
    return value;
  };
  const value = contentOf(base);
  const localities = [...(value.localities ?? [])];
  const placed = hosts.flatMap(({ from, at, health }) => {
    const own = contentOf(from);
    const host = own.hosts?.[at];
    if (host === undefined) return [];
    if (from === base) return [{ ...host, health }];
    const locality = own.localities?.[host.locality ?? 0] ?? {};
    let place = localities.findIndex((each) => localityKey(each) === localityKey(locality));
    if (place < 0) place = localities.push(locality) - 1;
    return [{ ...host, health, locality: place }];
  });
  return { records: writeRecord('Endpoints', { ...value, localities, hosts: placed }) };
}

/** What transport_socket_matches look at, of each host of the record. */
export function labelsOfHosts(record: Records): readonly (readonly string[])[] {
  return (read(record).hosts ?? []).map(({ labels }) => labels ?? []);
}
