import type { Resource } from './resource.ts';
import { ResourceMap } from './resource_map.ts';

/** Who asks. Plain proto3 JSON of envoy.config.core.v3.Node, as far as it is usual. */
export type NodeInfo = {
  readonly id: string;
  readonly cluster: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  readonly user_agent_name?: string;
  readonly [field: string]: unknown;
};

/** All resources of one type that a client may see, in one version. Never changes. */
export class View {
  readonly typeUrl: string;
  /** `version_info` and `system_version_info`. */
  readonly version: string;
  readonly resources: ResourceMap;
  /** When some have other names besides: by those. */
  #aliases: ReadonlyMap<string, Resource> | undefined;
  #body: WeakRef<Buffer> | undefined;
  #expiring: readonly Resource[] | undefined;

  constructor(typeUrl: string, version: string, resources: ResourceMap | Iterable<Resource>) {
    this.typeUrl = typeUrl;
    this.version = version;
    this.resources = resources instanceof ResourceMap ? resources : ResourceMap.of(resources);
  }

  /** By name or alias. */
  find(name: string): Resource | undefined {
    return this.resources.get(name) ?? this.#byAlias().get(name);
  }

  /** Of all resources together, their fields in a DiscoveryResponse; shared as long as somebody sends it. */
  get body(): Buffer {
    let body = this.#body?.deref();
    if (body === undefined) {
      body = Buffer.concat(Array.from(this.resources, (resource) => resource.sotwField));
      this.#body = new WeakRef(body);
    }
    return body;
  }

  /** Those that clients drop when they do not hear of them. */
  get expiring(): readonly Resource[] {
    this.#expiring ??= Array.from(this.resources).filter(({ ttlMs }) => ttlMs !== undefined);
    return this.#expiring;
  }

  #byAlias(): ReadonlyMap<string, Resource> {
    if (this.#aliases === undefined) {
      const found = new Map<string, Resource>();
      for (const resource of this.resources) for (const alias of resource.aliases) found.set(alias, resource);
      this.#aliases = found;
    }
    return this.#aliases;
  }
}

/**
 * Where a server takes resources from: a cache, or anything else that can answer these questions. A view that
 * is the same object as before has not changed.
 */
export interface Source {
  /** What the client may see of a type now; undefined: nothing is known yet, the client has to wait. */
  view(node: NodeInfo, typeUrl: string): View | undefined;
  /** Calls back when view() may answer otherwise for this client. Returns the way to stop that. */
  watch(node: NodeInfo, onChange: () => void): () => void;
  /** A client asks for names that the view does not have: they may be made now. */
  demand?(node: NodeInfo, typeUrl: string, names: readonly string[]): void;
}
