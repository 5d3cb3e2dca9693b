import { checkConsistency } from './consistency.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  Listener,
  RouteConfiguration,
  Runtime,
  ScopedRouteConfiguration,
  Secret,
  TypedExtensionConfig,
  VirtualHost,
} from './generated/envoy.ts';
import type { Diagnostic } from '../api/diagnostics.ts';
import { hashOf, problem, Resource, ResourceError } from './resource.ts';
import { type ResourceKind, TYPES, typeFrom } from './resource_types.ts';
import { View } from './view.ts';

/** The message of each kind. */
export interface Messages {
  readonly secrets: Secret;
  readonly clusters: Cluster;
  readonly endpoints: ClusterLoadAssignment;
  readonly listeners: Listener;
  readonly scopedRoutes: ScopedRouteConfiguration;
  readonly routes: RouteConfiguration;
  /** Named `<route table>/<name>`. */
  readonly virtualHosts: VirtualHost;
  readonly extensions: TypedExtensionConfig;
  readonly runtimes: Runtime;
}

/** A resource as it is, or the plain JSON of its message. */
export type Input<Kind extends ResourceKind = ResourceKind> = Resource | Messages[Kind];

/** Resources by kind. */
export type SnapshotResources = { readonly [Kind in ResourceKind]?: readonly Input<Kind>[] } & {
  /** Of types that have no kind. */
  readonly other?: readonly Resource[];
};

/** One version for all types, or one for each. */
export type SnapshotVersion = string | { readonly [kind in ResourceKind]?: string };

/**
 * Everything that a group of clients gets, at one moment. It does not change. Each type has a version of its own;
 * by default a hash of the content, so that what did not change is not sent again.
 */
export class Snapshot {
  readonly #views = new Map<string, View>();

  /** Throws ResourceError with everything that Envoy's API does not allow. */
  constructor(resources: SnapshotResources, version?: SnapshotVersion) {
    const findings: Diagnostic[] = [];
    for (const { kind, typeUrl } of TYPES) {
      if (kind === undefined) continue;
      const made = (resources[kind] ?? []).map((input, i) => readInput(kind, input, i, findings));
      const list = made.filter((each) => each !== undefined) as Resource[];
      reportTwins(kind, made, findings);
      const label = typeof version === 'string' ? version : version?.[kind];
      this.#views.set(typeUrl, new View(typeUrl, label ?? versionOf(list), list));
    }
    if (findings.length > 0) throw new ResourceError(findings);
    this.#addOther(resources.other ?? [], typeof version === 'string' ? version : undefined);
  }

  /** The same for resources whose types the compiler does not know: of a file. */
  static of(resources: Readonly<Record<string, readonly object[]>>, version?: SnapshotVersion): Snapshot {
    return new Snapshot(resources as SnapshotResources, version);
  }

  #addOther(resources: readonly Resource[], version: string | undefined): void {
    const byType = new Map<string, Resource[]>();
    for (const resource of resources) {
      const list = byType.get(resource.typeUrl);
      if (list === undefined) byType.set(resource.typeUrl, [resource]);
      else list.push(resource);
    }
    for (const [typeUrl, list] of byType)
      this.#views.set(typeUrl, new View(typeUrl, version ?? versionOf(list), list));
  }

  /** All resources of a kind or type URL, by name. */
  resources(type: ResourceKind | (string & {})): ReadonlyMap<string, Resource> {
    const found = this.view(typeFrom(type).typeUrl)?.resources ?? [];
    return new Map(Array.from(found, (resource) => [resource.name, resource]));
  }

  version(type: ResourceKind | (string & {})): string {
    return this.view(typeFrom(type).typeUrl)?.version ?? '';
  }

  view(typeUrl: string): View | undefined {
    return this.#views.get(typeUrl);
  }

  get views(): Iterable<View> {
    return this.#views.values();
  }

  /** A snapshot with other resources of some kinds; the rest is shared. */
  with(resources: SnapshotResources, version?: SnapshotVersion): Snapshot {
    const made = new Snapshot(resources, version);
    for (const [typeUrl, view] of this.#views) {
      const kind = typeFrom(typeUrl).kind;
      const given = kind === undefined ? made.#views.has(typeUrl) : resources[kind] !== undefined;
      if (!given) made.#views.set(typeUrl, view);
    }
    return made;
  }

  /**
   * What does not fit together: clusters whose endpoints are missing, endpoints that no cluster names, and the same
   * of listeners and route tables. Empty: consistent.
   */
  check(): string[] {
    return checkConsistency(this);
  }
}

function readInput(
  kind: ResourceKind,
  input: object,
  index: number,
  findings: Diagnostic[],
): Resource | undefined {
  if (input instanceof Resource) return input;
  try {
    return Resource.of(kind, input, {}, [kind, index]);
  } catch (error) {
    if (!(error instanceof ResourceError)) throw error;
    findings.push(...ResourceError.diagnosticsOf(error));
    return undefined;
  }
}

function reportTwins(
  kind: ResourceKind,
  list: readonly (Resource | undefined)[],
  findings: Diagnostic[],
): void {
  const names = new Set<string>();
  for (const [i, resource] of list.entries()) {
    if (resource === undefined) continue;
    const { name, typeUrl } = resource;
    if (names.has(name)) findings.push(problem([kind, i], `is a second one named ${name}`));
    if (typeUrl !== typeFrom(kind).typeUrl) findings.push(problem([kind, i], `is a ${typeUrl}`));
    names.add(name);
  }
}

function versionOf(list: readonly Resource[]): string {
  return hashOf(...list.flatMap(({ name, version }) => [name, '\0', version, '\0']));
}
