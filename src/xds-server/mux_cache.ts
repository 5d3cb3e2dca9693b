import { type ResourceKind, typeFrom } from './resource_types.ts';
import type { NodeInfo, Source, View } from './view.ts';

export type MuxCacheOptions = {
  /** Sources by kind (`endpoints`) or type URL. */
  readonly types?:
    | Readonly<Record<ResourceKind | (string & {}), Source>>
    | Partial<Record<ResourceKind, Source>>;
  /** For all other types. */
  readonly fallback?: Source;
  /** Decides by client and type instead; undefined: as the rest of the options says. */
  readonly route?: (node: NodeInfo, typeUrl: string) => Source | undefined;
};

/** Several sources as one: each type, or each client, has its own. */
export class MuxCache implements Source {
  readonly #types: ReadonlyMap<string, Source>;
  readonly #options: MuxCacheOptions;
  /** What `route` has answered, to watch it. */
  readonly #routed = new Set<Source>();
  readonly #watchers = new Set<(source: Source) => void>();

  constructor(options: MuxCacheOptions) {
    this.#options = options;
    this.#types = new Map(
      Object.entries(options.types ?? {}).map(([type, source]) => [typeFrom(type).typeUrl, source as Source]),
    );
  }

  view(node: NodeInfo, typeUrl: string): View | undefined {
    return this.#sourceOf(node, typeUrl)?.view(node, typeUrl);
  }

  demand(node: NodeInfo, typeUrl: string, names: readonly string[]): void {
    this.#sourceOf(node, typeUrl)?.demand?.(node, typeUrl, names);
  }

  watch(node: NodeInfo, onChange: () => void): () => void {
    const stops = new Map<Source, () => void>();
    const add = (source: Source): void => {
      if (!stops.has(source)) stops.set(source, source.watch(node, onChange));
    };
    const { fallback } = this.#options;
    for (const source of [...this.#types.values(), ...this.#routed]) add(source);
    if (fallback !== undefined) add(fallback);
    this.#watchers.add(add);
    return () => {
      this.#watchers.delete(add);
      for (const stop of stops.values()) stop();
    };
  }

  #sourceOf(node: NodeInfo, typeUrl: string): Source | undefined {
    const routed = this.#options.route?.(node, typeUrl);
    if (routed === undefined) return this.#types.get(typeUrl) ?? this.#options.fallback;
    if (!this.#routed.has(routed)) {
      this.#routed.add(routed);
      for (const add of this.#watchers) add(routed);
    }
    return routed;
  }
}
