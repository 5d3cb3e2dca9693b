import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Server as NetServer } from 'node:net';
import type { Inherited } from '../config/sockets.ts';
import type { NativeAddon } from '../engine/native.ts';
import type { HotRestartOptions } from '../flags.ts';
import type { Counted } from '../stats/blocks.ts';
import { Asker, answerOn, pathOf, type Request } from './channel.ts';
import { HOT_RESTART_VERSION } from './version.ts';

const STATS_MS = 5000;
const TAKE_MS = 10_000;
/** Base ids that are tried until one is free. */
const TRIES = 100;

type Native = Pick<
  NativeAddon,
  'bind' | 'unbind' | 'connectUnix' | 'sendSockets' | 'takeSockets' | 'statsHash'
>;

/** What goes with the sockets. */
type Given =
  | { readonly error: string }
  | {
      readonly token: string;
      readonly sockets: readonly { readonly key: string; readonly port: number }[];
      /** ms since the epoch, of the first process. */
      readonly firstStart: number;
      readonly statsHash: string;
    };

/** The parts of the server that hand over and take over. */
export interface Handing {
  readonly state: string;
  readonly firstStart: number;
  sockets(): Inherited[];
  /** The admin address is free for the next process when this resolves. */
  stopAdmin(): void;
  startAdmin(): void;
  /** Stops accepting; connections finish in the course of the drain time. */
  handOver(): void;
  connections(): number;
  counted(): ReadonlyMap<string, Counted>;
  carry(counted: ReadonlyMap<string, Counted>, gone: boolean): void;
  end(): void;
}

/** Like Envoy's hot restart, among processes of attache: `--restart-epoch`, `--base-id` and what belongs to them. */
export class HotRestart {
  readonly baseId: number;
  readonly #options: HotRestartOptions;
  readonly #native: Native;
  readonly #token = randomBytes(16).toString('hex');
  readonly #answering: NetServer;
  #server: Handing | undefined;
  #parent: { readonly asker: Asker; readonly token: string; readonly stats: boolean } | undefined;
  #inherited: readonly Inherited[] = [];
  #firstStart = Date.now();
  #handed = false;
  #parentConnections = 0;
  #timers: NodeJS.Timeout[] = [];
  #last: ReadonlyMap<string, Counted> = new Map();

  private constructor(options: HotRestartOptions, baseId: number, native: Native, listening: number) {
    this.#options = options;
    this.baseId = baseId;
    this.#native = native;
    this.#answering = answerOn(listening, (request, ended) => this.#answer(request, ended));
    this.#answering.on('error', () => undefined);
  }

  /**
   * Takes this process's place among those of its base id, and, above epoch 0, the sockets of the one
   * before it. Throws an Error for the user; `warn` is told what is only a pity.
   */
  static async open(
    options: HotRestartOptions,
    baseId: number,
    native: Native,
    warn: (text: string) => void,
  ): Promise<HotRestart | undefined> {
    for (let i = 0; i < (options.dynamicBaseId ? TRIES : 1); i++) {
      const id = options.dynamicBaseId ? randomInt(1 << 24) : baseId;
      const path = pathOf(options.socketPath, id, options.epoch);
      const bound = isServed(native, path) ? IN_USE : listen(native, path, options.socketMode);
      if (bound.code === 'EADDRINUSE' && options.dynamicBaseId) continue;
      if (bound.socket === undefined) {
        const what = `the socket ${path} of hot restart: ${bound.message ?? ''} (see --base-id)`;
        if (options.epoch > 0) throw new Error(what);
        warn(`${what}; nobody can take over from this process`);
        return undefined;
      }
      const made = new HotRestart(options, id, native, bound.socket);
      try {
        if (options.epoch > 0) await made.#take();
      } catch (error) {
        const what = `cannot take over from epoch ${options.epoch - 1}: ${(error as Error).message}`;
        if (!options.skipOnNoParent) {
          made.close();
          throw new Error(what);
        }
        warn(`${what}; starting without`);
      }
      return made;
    }
    throw new Error(`no free base id was found in ${TRIES} tries`);
  }

  get epoch(): number {
    return this.#options.epoch;
  }

  /** The sockets taken over. */
  get inherited(): readonly Inherited[] {
    return this.#inherited;
  }

  /** ms since the epoch: when the first of the processes was started. */
  get firstStart(): number {
    return this.#firstStart;
  }

  /** Connections that the process before this one still has. */
  get parentConnections(): number {
    return this.#parentConnections;
  }

  /** From now on the next process can take over. */
  serve(server: Handing): void {
    this.#server = server;
  }

  /** This process serves: the one before it stops accepting, and ends after `shutdownMs`. */
  async tookOver(shutdownMs: number): Promise<void> {
    const parent = this.#parent;
    if (parent === undefined) return;
    await parent.asker.ask({ ask: 'drain', token: parent.token });
    if (parent.stats) {
      await this.#pollStats();
      this.#timers.push(setInterval(() => void this.#pollStats(), STATS_MS).unref());
    }
    this.#timers.push(setTimeout(() => void this.#endParent(), shutdownMs).unref());
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#answering.close();
    forget(pathOf(this.#options.socketPath, this.baseId, this.#options.epoch));
    this.#parent?.asker.close();
  }

  /** Asks the process before this one for its sockets. */
  async #take(): Promise<void> {
    const { socketPath, epoch, socketMode, skipParentStats } = this.#options;
    const connected = this.#native.connectUnix(pathOf(socketPath, this.baseId, epoch - 1));
    if (typeof connected === 'string') throw new Error(connected);
    const asker = new Asker(connected);
    try {
      // It connects to a place of ours, for its user's right to the sockets is looked at there.
      const to = `${pathOf(socketPath, this.baseId, epoch)}_sockets`;
      const { socket, message } = listen(this.#native, to, socketMode);
      if (socket === undefined) throw new Error(message);
      await asker.send({ ask: 'sockets', to, version: HOT_RESTART_VERSION });
      const taken = this.#native.takeSockets(socket, TAKE_MS);
      this.#native.unbind(socket);
      forget(to);
      if (taken.error !== undefined) throw new Error(taken.error);
      const given = JSON.parse(taken.text) as Given;
      if ('error' in given) throw new Error(given.error);
      this.#inherited = given.sockets.map((one, i) => ({ ...one, socket: taken.sockets[i] ?? -1 }));
      this.#firstStart = given.firstStart;
      const stats = !skipParentStats && given.statsHash === this.#native.statsHash;
      this.#parent = { asker, token: given.token, stats };
    } catch (error) {
      asker.close();
      throw error;
    }
  }

  async #pollStats(): Promise<void> {
    const parent = this.#parent;
    if (parent === undefined) return;
    try {
      const answer = (await parent.asker.ask({ ask: 'stats', token: parent.token })) as {
        counted: [string, Counted][];
        connections: number;
      };
      this.#parentConnections = answer.connections;
      this.#last = new Map(answer.counted);
      this.#server?.carry(this.#last, false);
    } catch {
      this.#parentGone();
    }
  }

  async #endParent(): Promise<void> {
    const parent = this.#parent;
    if (parent === undefined) return;
    if (parent.stats) await this.#pollStats();
    await parent.asker.ask({ ask: 'end', token: parent.token }).catch(() => undefined);
    this.#parentGone();
  }

  /** What it has counted stays; its connections and requests are no more. */
  #parentGone(): void {
    if (this.#parent === undefined) return;
    this.#parent.asker.close();
    this.#parent = undefined;
    this.#parentConnections = 0;
    for (const timer of this.#timers) clearInterval(timer);
    this.#server?.carry(this.#last, true);
    this.#last = new Map();
  }

  #answer(request: Request, ended: Promise<void>): unknown {
    const server = this.#server;
    if (request.ask === 'sockets') return this.#give(request, server, ended);
    if (request.token !== this.#token || server === undefined) throw new Error('no right to ask that');
    switch (request.ask) {
      case 'drain':
        this.#handed = true;
        server.handOver();
        return {};
      case 'stats':
        return { counted: [...server.counted()], connections: server.connections() };
      case 'end':
        setImmediate(() => server.end());
        return {};
    }
  }

  #give(request: Request & { ask: 'sockets' }, server: Handing | undefined, ended: Promise<void>): unknown {
    const send = (sockets: readonly Inherited[], given: Given): string | undefined =>
      this.#native.sendSockets(
        request.to,
        sockets.map(({ socket }) => socket),
        JSON.stringify(given),
      );
    const refused = this.#refusal(request, server);
    if (server === undefined || refused !== undefined)
      return { error: send([], { error: refused ?? STARTING }) };
    const sockets = server.sockets();
    const error = send(sockets, {
      token: this.#token,
      sockets: sockets.map(({ key, port }) => ({ key, port })),
      firstStart: server.firstStart,
      statsHash: this.#native.statsHash,
    });
    if (error !== undefined) return { error };
    server.stopAdmin();
    // A process that did not get as far as serving gives back what it has taken.
    void ended.then(() => {
      if (!this.#handed) server.startAdmin();
    });
    return {};
  }

  #refusal({ version }: Request & { ask: 'sockets' }, server: Handing | undefined): string | undefined {
    if (version !== HOT_RESTART_VERSION)
      return `it is of the hot restart version ${HOT_RESTART_VERSION}, not ${version}`;
    // It has become known when it was live.
    if (server === undefined) return STARTING;
    if (this.#handed || server.state !== 'LIVE') return 'the process of the earlier epoch is already ending';
    return undefined;
  }
}

const STARTING = 'the process of the earlier epoch is still initializing';
type Bound = { readonly socket?: number; readonly code?: string; readonly message?: string };
const IN_USE: Bound = { code: 'EADDRINUSE', message: 'another process listens there' };

/** Removes a socket's file. */
function forget(path: string): void {
  if (!path.startsWith('@')) rmSync(path, { force: true });
}

/** Whether a process listens on a path of the file system, which binding would take away from it. */
function isServed(native: Native, path: string): boolean {
  if (path.startsWith('@')) return false;
  const connected = native.connectUnix(path);
  if (typeof connected === 'string') return false;
  native.unbind(connected);
  return true;
}

const listen = (native: Native, path: string, mode: number): Bound =>
  native.bind({
    family: 'pipe',
    host: path,
    port: 0,
    mode,
    backlog: 16,
    ipv4Compat: false,
    reusePort: false,
    freebind: false,
    transparent: false,
    options: [],
  });
