import type { AdminContext } from './context.ts';
import type { Query } from './query.ts';

export const TEXT = 'text/plain; charset=UTF-8';
export const JSON_TYPE = 'application/json';
export const HTML = 'text/html; charset=UTF-8';

/** An answer. A body in pieces is sent as it is made; an empty piece means: not yet. */
export type Reply = {
  readonly status: number;
  readonly type: string;
  readonly body: string | Iterable<string>;
};

export const text = (body: string | Iterable<string>, status = 200): Reply => ({ status, type: TEXT, body });
export const ok = (): Reply => text('OK\n');
/** What Envoy's admin interface prints of a message: one space for each level, and a line's end. */
export const json = (value: unknown): Reply => ({
  status: 200,
  type: JSON_TYPE,
  body: `${JSON.stringify(value, null, 1)}\n`,
});

export type Handler = (context: AdminContext, query: Query) => Reply;

/** A parameter as /help lists it. */
export type Parameter = { readonly name: string; readonly help: string };

export type Endpoint = {
  readonly path: string;
  readonly help: string;
  /** It changes something: POST only. */
  readonly post?: boolean;
  readonly parameters?: readonly Parameter[];
  /** Loaded when it is first asked for. */
  readonly load: () => Promise<{ readonly handle: Handler }>;
};
