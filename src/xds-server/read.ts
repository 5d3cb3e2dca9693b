import { type Diagnostic, Diagnostics, type Path } from '../api/diagnostics.ts';
import { renderAll } from '../api/render.ts';
import { parseText } from '../api/text.ts';
import { parseDuration } from '../api/well_known.ts';
import { nearest } from '../nearest.ts';
import { problem, Resource, ResourceError, type ResourceOptions } from './resource.ts';
import { type ResourceKind, TYPES, typeFrom } from './resource_types.ts';
import { Snapshot, type SnapshotVersion } from './snapshot.ts';

type Plain = Readonly<Record<string, unknown>>;

const KINDS: readonly string[] = TYPES.map(({ kind }) => kind ?? '');

export type ReadOptions = {
  /** The name of the text in errors; `.json`: strict JSON. */
  readonly file?: string;
  readonly version?: SnapshotVersion;
};

/**
 * Makes a snapshot of YAML or JSON: lists of resources by kind (`clusters: [...]`), or, as in the files that Envoy
 * watches, `resources` with an `@type` each. What needs a name, a ttl or aliases of its own stands in
 * `{ name, ttl, aliases, version, resource }`. Rejects with a ResourceError that shows line and column of
 * everything that is wrong.
 */
export async function readSnapshot(text: string, options: ReadOptions = {}): Promise<Snapshot> {
  const file = options.file ?? '<resources>';
  const diagnostics = new Diagnostics();
  const value = parseText(text, file, diagnostics);
  const lists = diagnostics.hasErrors ? {} : readLists(value, diagnostics);
  try {
    if (diagnostics.hasErrors) throw new ResourceError(diagnostics.list);
    return Snapshot.of(lists, options.version);
  } catch (error) {
    if (!(error instanceof ResourceError)) throw error;
    const found = ResourceError.diagnosticsOf(error).map((each) => ({ ...each, file }));
    const shown = await renderAll(found, { sources: [{ name: file, text }] });
    throw new ResourceError(found, shown.map((each) => each.text).join('\n'));
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readLists(value: unknown, diagnostics: Diagnostics): Record<string, Resource[]> {
  const lists: Record<string, Resource[]> = {};
  if (!isPlain(value)) {
    diagnostics.add(problem([], 'is not a block of lists of resources'));
    return lists;
  }
  for (const [key, list] of Object.entries(value)) {
    if (key !== 'resources' && !KINDS.includes(key)) diagnostics.add(unknownKey(key));
    else if (list !== null && !Array.isArray(list)) diagnostics.add(problem([key], 'is not a list'));
    else for (const [i, item] of (list ?? []).entries()) readItem(key, item, [key, i], lists, diagnostics);
  }
  return lists;
}

function unknownKey(key: string): Diagnostic {
  const suggestion = nearest(key, [...KINDS, 'resources']);
  return { ...problem([key], 'is not a kind of resources'), keyError: true, suggestion };
}

function readItem(
  key: string,
  item: unknown,
  path: Path,
  lists: Record<string, Resource[]>,
  diagnostics: Diagnostics,
): void {
  if (!isPlain(item)) {
    diagnostics.add(problem(path, 'is not a block'));
    return;
  }
  const wrapped = isPlain(item.resource) ? item.resource : undefined;
  const { '@type': type, ...fields } = wrapped ?? item;
  const typed = typeof type === 'string' ? typeFrom(type).kind : undefined;
  const kind = key === 'resources' ? typed : (key as ResourceKind);
  if (kind === undefined) {
    diagnostics.add(problem(path, 'has no "@type" that is a kind of resources'));
    return;
  }
  try {
    const options = wrapped === undefined ? {} : readOptions(item, path, diagnostics);
    const made = Resource.of(kind, fields, options, wrapped === undefined ? path : [...path, 'resource']);
    const list = lists[kind];
    if (list === undefined) lists[kind] = [made];
    else list.push(made);
  } catch (error) {
    if (!(error instanceof ResourceError)) throw error;
    diagnostics.addAll(ResourceError.diagnosticsOf(error));
  }
}

function readOptions(item: Plain, path: Path, diagnostics: Diagnostics): ResourceOptions {
  const { name, version, ttl, aliases } = item;
  for (const key of Object.keys(item))
    if (!['name', 'version', 'ttl', 'aliases', 'resource', '@type'].includes(key))
      diagnostics.add({ ...problem([...path, key], 'is nothing that a resource has'), keyError: true });
  const duration = typeof ttl === 'string' ? parseDuration(ttl) : undefined;
  if (ttl !== undefined && duration === undefined)
    diagnostics.add(problem([...path, 'ttl'], 'is not a duration such as "30s"'));
  return {
    ...(name === undefined ? {} : { name: String(name) }),
    ...(version === undefined ? {} : { version: String(version) }),
    ...(Array.isArray(aliases) ? { aliases: aliases.map(String) } : {}),
    ...(duration === undefined
      ? {}
      : { ttlMs: Number(duration.seconds ?? 0) * 1000 + Number(duration.nanos ?? 0) / 1e6 }),
  };
}
