import { DeltaSubscription } from './delta_subscription.ts';
import type { Callbacks, StreamInfo } from './callbacks.ts';
import { type NameSets, type Request, readDelta, readSotw } from './request.ts';
import { deltaResponse, type ResponseOptions, sizeOf, sotwResponse } from './response.ts';
import { type TypeInfo, typeOf } from './resource_types.ts';
import { SotwSubscription } from './sotw_subscription.ts';
import type { Plan, Subscription } from './subscription.ts';
import type { Budget, Shipment, Turns, Worker } from './turns.ts';
import type { NodeInfo, Source, View } from './view.ts';

/** What streams of one server share. */
export type StreamContext = {
  readonly source: Source;
  readonly callbacks: Callbacks;
  readonly response: ResponseOptions;
  readonly turns: Turns;
  readonly budget: Budget;
  readonly names: NameSets;
  /** So long one response waits for the answer to another that should be in force before it. */
  readonly holdMs: number;
};

/** The transport below a stream. */
export interface Wire {
  /** Sends a message; `sent` is called when the client's side has room for the next. */
  write(bytes: Buffer, sent: () => void): void;
  /** Ends the call with a gRPC status. */
  end(code: number, message: string): void;
}

export const STATUS = { ok: 0, invalid: 3, exhausted: 8, unavailable: 14, internal: 13 } as const;

type AnySubscription = SotwSubscription | DeltaSubscription;

/** Their new versions must not name clusters that the client does not have yet. */
const REFERRING: ReadonlySet<unknown> = new Set(['listeners', 'scopedRoutes', 'routes', 'virtualHosts']);
const REFERRED: ReadonlySet<unknown> = new Set(['clusters', 'endpoints']);

/** One stream of a client: its subscriptions, and what goes out on it, one response at a time. */
export class Stream implements Worker {
  readonly info: StreamInfo & { node: NodeInfo | undefined };
  readonly #context: StreamContext;
  readonly #wire: Wire;
  readonly #onClosed: () => void;
  readonly #subscriptions = new Map<string, AnySubscription>();
  /** In the order in which they are served. */
  #ordered: readonly AnySubscription[] = [];
  #stopWatching: (() => void) | undefined;
  #shipment: Shipment | undefined;
  #writing = false;
  #closed = false;
  #nonce = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  readonly #retry = (): void => this.#context.turns.wake(this);

  constructor(
    info: StreamInfo & { node: NodeInfo | undefined },
    context: StreamContext,
    wire: Wire,
    onClosed: () => void,
  ) {
    this.info = info;
    this.#context = context;
    this.#wire = wire;
    this.#onClosed = onClosed;
  }

  get subscriptions(): readonly Subscription[] {
    return this.#ordered;
  }

  /** Whether everything has been sent and answered. */
  get settled(): boolean {
    return !this.#writing && this.#ordered.every((each) => this.#isSettled(each));
  }

  #isSettled(subscription: AnySubscription): boolean {
    if (subscription.pending || subscription.holds) return false;
    const view = this.#viewOf(subscription);
    return view === undefined || subscription.plan(view, true) === undefined;
  }

  /** A message of the client. */
  receive(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      const { protocol } = this.info;
      this.#onRequest(protocol === 'sotw' ? readSotw(bytes, this.#context.names) : readDelta(bytes));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends the stream with what was thrown. */
  fail(error: unknown): void {
    const code = (error as { code?: unknown } | undefined)?.code;
    const message = error instanceof Error ? error.message : String(error);
    this.end(typeof code === 'number' ? code : STATUS.invalid, message);
  }

  end(code: number, message: string): void {
    if (this.#closed) return;
    this.close();
    this.#wire.end(code, message);
  }

  /** The client is gone. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWatching?.();
    this.#shipment?.done();
    clearTimeout(this.#timer);
    this.#context.turns.forget(this);
    this.#context.budget.forget(this.#retry);
    this.#onClosed();
    this.#context.callbacks.onStreamClosed?.(this.info);
  }

  #onRequest(request: Request): void {
    const { info } = this;
    if (info.node === undefined) {
      info.node = request.node ?? { id: '', cluster: '' };
      this.#stopWatching = this.#context.source.watch(info.node, this.#retry);
    }
    this.#context.callbacks.onRequest?.(info, request);
    const typeUrl = request.typeUrl === '' ? info.typeUrl : request.typeUrl;
    if (typeUrl === undefined) throw new Error('a request on an aggregated stream has to name its type');
    if (info.typeUrl !== undefined && typeUrl !== info.typeUrl)
      throw new Error(`this stream is for ${info.typeUrl}, not for ${typeUrl}`);
    const subscription = this.#subscription(typeOf(typeUrl));
    const pending = subscription.pending;
    this.#apply(subscription, request);
    if (pending && !subscription.pending) this.#tell(subscription);
    this.#demand(subscription);
    this.#context.turns.wake(this);
  }

  #apply(subscription: AnySubscription, request: Request): void {
    if (request.protocol === 'sotw') (subscription as SotwSubscription).onRequest(request);
    else {
      const view = this.#viewOf(subscription);
      const intern = (name: string): string => view?.resources.get(name)?.name ?? name;
      (subscription as DeltaSubscription).onRequest(request, intern);
    }
  }

  #tell(subscription: AnySubscription): void {
    const { callbacks } = this.#context;
    const { typeUrl } = subscription.type;
    const version = subscription.sent?.version ?? '';
    const { refusal } = subscription;
    if (refusal === undefined) callbacks.onAck?.(this.info, { typeUrl, version });
    else callbacks.onNack?.(this.info, { typeUrl, version, error: refusal.error });
  }

  /** Names that nobody has put there may be made when somebody asks. */
  #demand(subscription: AnySubscription): void {
    const { source } = this.#context;
    if (source.demand === undefined || subscription.names.size === 0) return;
    const view = this.#viewOf(subscription);
    const names = view === undefined ? [...subscription.names] : subscription.missing(view);
    const asked = names.filter((name) => name !== '*');
    if (asked.length > 0) source.demand(this.#node, subscription.type.typeUrl, asked);
  }

  get #node(): NodeInfo {
    return this.info.node ?? { id: '', cluster: '' };
  }

  #viewOf(subscription: Subscription): View | undefined {
    return this.#context.source.view(this.#node, subscription.type.typeUrl);
  }

  #subscription(type: TypeInfo): AnySubscription {
    let found = this.#subscriptions.get(type.typeUrl);
    if (found === undefined) {
      found = this.info.protocol === 'sotw' ? new SotwSubscription(type) : new DeltaSubscription(type);
      this.#subscriptions.set(type.typeUrl, found);
      this.#ordered = [...this.#subscriptions.values()].sort((a, b) => a.type.order - b.type.order);
    }
    return found;
  }

  /** Sends the next response that is due. */
  step(): boolean {
    if (this.#closed || this.#writing) return false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      return this.#sendNext();
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /**
   * First what is new: clusters, their endpoints, then what refers to them, when those are in force. Nothing is
   * taken away before all that is (make before break).
   */
  #sendNext(): boolean {
    const aggregated = this.info.typeUrl === undefined;
    let blocked = false;
    for (const subscription of this.#ordered) {
      if (this.#mustWait(subscription, aggregated)) {
        blocked = true;
        continue;
      }
      const mayRemove = !aggregated || !REFERRED.has(subscription.type.kind);
      if (this.#send(subscription, mayRemove)) return false;
    }
    if (!blocked && aggregated && this.#sendRemovals()) return false;
    this.#beat();
    return false;
  }

  /** True: something is on its way. */
  #sendRemovals(): boolean {
    if (this.#ordered.some((each) => REFERRING.has(each.type.kind) && this.#unanswered(each))) return false;
    return this.#ordered.some((each) => this.#send(each, true));
  }

  /** Repeats in time what clients would drop. */
  #beat(): void {
    for (const subscription of this.#ordered) {
      const { beatAt } = subscription;
      if (beatAt === undefined || subscription.pending) continue;
      if (beatAt > Date.now()) this.#wakeAt(beatAt);
      else if (this.#ship(subscription, subscription.heartbeat())) return;
    }
  }

  #mustWait(subscription: AnySubscription, aggregated: boolean): boolean {
    if (this.#unanswered(subscription)) return true;
    if (!aggregated || !REFERRING.has(subscription.type.kind)) return false;
    return this.#ordered.some((each) => REFERRED.has(each.type.kind) && this.#unanswered(each));
  }

  /** Waits for an answer, and not for too long yet. */
  #unanswered({ pending, sent }: AnySubscription): boolean {
    if (!pending || sent === undefined) return false;
    const left = sent.at + this.#context.holdMs - Date.now();
    if (left <= 0) return false;
    this.#wakeAt(sent.at + this.#context.holdMs);
    return true;
  }

  #wakeAt(time: number): void {
    if (this.#timer !== undefined && this.#timerAt <= time) return;
    clearTimeout(this.#timer);
    this.#timerAt = time;
    this.#timer = setTimeout(this.#retry, time - Date.now());
    this.#timer.unref();
  }

  /** True: something is on its way, or waits for room. */
  #send(subscription: AnySubscription, mayRemove: boolean): boolean {
    const view = this.#viewOf(subscription);
    const plan = view && subscription.plan(view, mayRemove);
    if (plan === undefined) return false;
    return this.#ship(subscription, plan);
  }

  #ship(subscription: AnySubscription, plan: Plan): boolean {
    const slow = (): void => this.end(STATUS.exhausted, 'the client does not read what it is sent');
    const shipment = this.#context.budget.take(sizeOf(plan), this.#retry, slow);
    if (shipment === undefined) return true;
    this.#shipment = shipment;
    const nonce = String(++this.#nonce);
    const { typeUrl } = subscription.type;
    const make = this.info.protocol === 'sotw' ? sotwResponse : deltaResponse;
    const bytes = make(plan, typeUrl, nonce, this.#context.response);
    subscription.onSent(nonce, plan);
    this.#writing = true;
    this.#wire.write(bytes, () => {
      shipment.done();
      this.#writing = false;
      this.#context.turns.wake(this);
    });
    const { version, names, removed } = plan;
    const size = bytes.length;
    this.#context.callbacks.onResponse?.(this.info, { typeUrl, version, nonce, names, removed, size });
    return true;
  }
}
