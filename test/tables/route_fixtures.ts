import { Diagnostics } from '../../src/api/diagnostics.ts';
import type { Message } from '../../src/api/message.ts';
import type { CompiledResource } from '../../src/config/compiled.ts';
import { compileRouteConfig } from '../../src/tables/route_compiler.ts';
import { plainFormat } from '../../src/tables/route_headers.ts';

/** A message of nested plain values; wrappers are `{ value }`. */
export const message = (fields: Record<string, unknown>): Message =>
  ({ $type: 'test', ...fields }) as Message;

export type Compiled = { readonly resource: CompiledResource | undefined; readonly diagnostics: Diagnostics };

export function compile(config: Record<string, unknown>): Compiled {
  const diagnostics = new Diagnostics();
  const resource = compileRouteConfig(message(config), {
    diagnostics,
    path: ['route_config'],
    compileFormat: plainFormat,
    readFile: (path) => {
      throw new Error(`no such file: ${path}`);
    },
    env: { BODY: 'from the environment' },
  });
  return { resource, diagnostics };
}

/** `path: message` of every finding. */
export const findings = ({ diagnostics }: Compiled): string[] =>
  diagnostics.list.map(({ path, message: text }) => `${path.join('.')}: ${text}`);

/** Uniform numbers from a seed, so that a failure can be repeated. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }
  chance(p: number): boolean {
    return this.below(1 << 20) < p * (1 << 20);
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
