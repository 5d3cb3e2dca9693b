import type { Logger } from '../log/logger.ts';
import type { Clock } from './clock.ts';
import type { TypeHandler } from './mux.ts';
import type { DiscoveryResponse } from './wire.ts';

export type RestSettings = {
  readonly typeUrl: string;
  /** refresh_delay; up to as much again is added by chance, as in Envoy. */
  readonly refreshMs: number;
  /** Asks for everything; otherwise there is nothing to ask for without names. */
  readonly wildcard: boolean;
};

/** Asks for one type over and over: discovery over REST. There is one request at a time. */
export class RestPoller {
  readonly #settings: RestSettings;
  readonly #handler: TypeHandler;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Sends a DiscoveryRequest with these members of its JSON and the node; undefined: nothing changed. */
  readonly #ask: (fields: string) => Promise<DiscoveryResponse | undefined>;
  readonly #names = new Set<string>();
  #version = '';
  /** How often names were added: a version is one of the names that were asked for. */
  #additions = 0;
  #started = false;
  #asking = false;
  /** The names changed while one was under way. */
  #again = false;
  #paused = 0;
  #stopTimer: (() => void) | undefined;

  constructor(
    settings: RestSettings,
    handler: TypeHandler,
    clock: Clock,
    log: Logger,
    ask: (fields: string) => Promise<DiscoveryResponse | undefined>,
  ) {
    this.#settings = settings;
    this.#handler = handler;
    this.#clock = clock;
    this.#log = log;
    this.#ask = ask;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#soon();
  }

  stop(): void {
    this.#started = false;
    this.#stopTimer?.();
  }

  add(names: Iterable<string>): void {
    const before = this.#names.size;
    for (const name of names) this.#names.add(name);
    if (this.#names.size === before) return;
    // A server that has nothing newer would not send what is asked for anew.
    this.#version = '';
    this.#additions++;
    this.#soon();
  }

  /** The server is told with the next request. */
  remove(names: Iterable<string>): void {
    for (const name of names) this.#names.delete(name);
  }

  pause(): void {
    this.#paused++;
  }

  resume(): void {
    if (--this.#paused === 0) this.#soon();
  }

  #soon(): void {
    this.#again = true;
    this.#clock.soon(() => {
      if (!this.#again || !this.#started || this.#asking || this.#paused > 0) return;
      if (this.#settings.wildcard || this.#names.size > 0) void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    this.#asking = true;
    this.#again = false;
    this.#stopTimer?.();
    const { typeUrl, refreshMs } = this.#settings;
    const names = this.#names.size === 0 ? '' : `"resource_names":${JSON.stringify([...this.#names])},`;
    const additions = this.#additions;
    const version = this.#version === '' ? '' : `"version_info":${JSON.stringify(this.#version)},`;
    try {
      const response = await this.#ask(`${version}${names}"type_url":"${typeUrl}"`);
      if (response !== undefined && this.#started) await this.#accept(response, additions);
    } catch (error) {
      const details = (error as Error).message;
      this.#log.warn(`REST update for ${typeUrl} failed: ${details}`);
      if (this.#started) this.#handler.onFailure(details);
    }
    this.#asking = false;
    if (!this.#started) return;
    if (this.#again) this.#soon();
    const wait = refreshMs + this.#clock.random() * refreshMs;
    this.#stopTimer = this.#clock.after(wait, () => this.#soon());
  }

  async #accept(response: DiscoveryResponse, additions: number): Promise<void> {
    const { error } = await this.#handler.onResponse(response);
    if (error === undefined && additions === this.#additions) this.#version = response.version;
  }
}
