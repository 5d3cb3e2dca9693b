import type { NamedResources } from './named_resources.ts';
import type { RuntimePayload } from './payload.ts';
import { globalLimit, type RuntimeView } from './runtime.ts';

type Deps = {
  readonly resources: NamedResources<RuntimePayload>;
  /** 0: none. */
  readonly setGlobalLimit: (limit: number) => void;
};

/** The layers of the runtime; those of RTDS change while it runs. */
export class RuntimeManager {
  readonly #deps: Deps;
  #layers: RuntimeView[] = [];
  readonly #stops: (() => void)[] = [];
  /** The overload manager says how many connections there may be: then the runtime does not. */
  #monitored: number | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In their order: a later one overrules those before. */
  layers(): readonly RuntimeView[] {
    return this.#layers;
  }

  /** Resolves when every layer of RTDS is there, was refused, or is late. */
  async start(layers: readonly RuntimeView[], monitored: number | undefined): Promise<void> {
    this.#layers = [...layers];
    this.#monitored = monitored;
    await Promise.all(layers.map((layer, i) => this.#follow(layer, i)));
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #follow({ name, rtds }: RuntimeView, at: number): Promise<void> {
    if (rtds === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stops.push(
        this.#deps.resources.subscribe(
          rtds.source,
          rtds.name,
          ({ payload }) => {
            this.#layers[at] = { name, values: payload.values, rtds };
            this.#deps.setGlobalLimit(this.#monitored ?? globalLimit(this.#layers) ?? 0);
            resolve();
          },
          resolve,
        ),
      );
    });
  }
}
