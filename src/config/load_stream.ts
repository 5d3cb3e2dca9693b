import type { WireResource } from '../xds/wire.ts';
import type { LoadedResources, RawResource } from './messages.ts';
import type { ConfigSource } from './payload.ts';
import type { ResourceTable } from './resource_map.ts';

/** Reads resources: in this thread, or, if there are `many`, in the configuration thread. */
export type ResourceLoader = <P>(
  typeUrl: string,
  resources: readonly RawResource[],
  origin: ConfigSource,
  many?: boolean,
) => Promise<LoadedResources<P>>;

/** From so many on they are: it takes a tenth of a millisecond to read one. */
const MANY = 32;

/** So much is read at once: others get their turn between. */
const CHUNK = 200;
const CHUNK_BYTES = 512 << 10;

/** What is not there already. A resource that did not change costs a comparison of its bytes. */
export function freshOf<P>(table: ResourceTable<P>, resources: readonly WireResource[]): RawResource[] {
  const fresh: RawResource[] = [];
  for (const { name, bytes } of resources) {
    if (bytes !== undefined && !table.isUnchanged(name, bytes)) fresh.push({ name, bytes });
  }
  // A few that stay must not hold the bytes of the whole response.
  if (fresh.length * 2 >= resources.length) return fresh;
  return fresh.map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
}

/** Loads in pieces, the next one while the caller is busy with the last. */
export async function* loadInPieces<P>(
  load: ResourceLoader,
  typeUrl: string,
  resources: readonly RawResource[],
  origin: ConfigSource,
): AsyncGenerator<LoadedResources<P>> {
  const pieces = piecesOf(resources);
  const many = resources.length >= MANY;
  let next = pieces[0] === undefined ? undefined : load<P>(typeUrl, pieces[0], origin, many);
  for (let i = 0; next !== undefined; i++) {
    const loaded = await next;
    const piece = pieces[i + 1];
    next = piece === undefined ? undefined : load<P>(typeUrl, piece, origin, many);
    // Who stops listening must not leave an error that nobody hears.
    next?.catch(() => undefined);
    yield loaded;
  }
}

function piecesOf(resources: readonly RawResource[]): RawResource[][] {
  const pieces: RawResource[][] = [];
  let piece: RawResource[] = [];
  let size = 0;
  for (const resource of resources) {
    if (piece.length >= CHUNK || (piece.length > 0 && size + resource.bytes.length > CHUNK_BYTES)) {
      pieces.push(piece);
      piece = [];
      size = 0;
    }
    piece.push(resource);
    size += resource.bytes.length;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** So many resources are applied in one turn of the loop. */
const SLICE = 25;

/** In slices, with a turn of the loop between: whoever asks meanwhile does not wait. */
export async function inSlices<T>(items: readonly T[], apply: (slice: readonly T[]) => void): Promise<void> {
  for (let at = 0; at < items.length; at += SLICE) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    apply(items.length <= SLICE ? items : items.slice(at, at + SLICE));
  }
}
