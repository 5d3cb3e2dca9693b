import { fsyncSync, openSync, writeSync } from 'node:fs';
import type { Logger as PinoLogger } from 'pino';
import { compilePattern, escapeControls, type LineFormatter, type LogEntry } from './format.ts';
import { COMPONENTS, isComponent, LEVELS, type Level, levelNumber } from './levels.ts';

export type LogOptions = {
  readonly level: Level;
  readonly componentLevels?: ReadonlyMap<string, Level>;
  /** spdlog pattern. */
  readonly format: string;
  readonly escaped?: boolean;
  readonly json?: boolean;
  /** Empty: standard error. */
  readonly path?: string;
  /** Called with each component's number and level, at the start and at each change. */
  readonly onLevel?: (component: number, level: number) => void;
};

/** What a part of the program logs through: one component, one source file. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  critical(message: string): void;
  enabled(level: Level): boolean;
}

const PINO_LEVELS = { trace: 10, debug: 20, info: 30, warning: 40, error: 50, critical: 60 };
const PINO_NAMES = Object.keys(PINO_LEVELS) as (keyof typeof PINO_LEVELS)[];
type Pino = PinoLogger<keyof typeof PINO_LEVELS>;
type PinoDestination = {
  write(line: string): void;
  reopen(): void;
  flushSync(): void;
  on(event: 'error', f: (e: Error) => void): unknown;
};

/** The entry in hand, for pino's timestamp and the line formatter: pino calls both at once, on this thread. */
type Sink = { entry: LogEntry };

/**
 * All loggers of the process. Lines go through pino, which is loaded when the first line has been
 * queued and the start is over (`load`): it costs 25 ms that a start should not wait for.
 * `flush` writes what is queued without it.
 */
export class LogRoot {
  readonly #levels: number[];
  readonly #options: LogOptions;
  readonly #format: LineFormatter;
  #queue: LogEntry[] = [];
  #pino: Map<string, Pino> | undefined;
  #root: Pino | undefined;
  #destination: PinoDestination | undefined;
  #loading: Promise<void> | undefined;
  readonly #sink: Sink = {
    entry: { time: 0, level: 2, component: '', message: '', file: '', line: 0, thread: 0 },
  };

  constructor(options: LogOptions) {
    this.#options = options;
    const format = compilePattern(options.format);
    this.#format =
      options.escaped === true ? (e) => format({ ...e, message: escapeControls(e.message) }) : format;
    const base = levelNumber(options.level);
    this.#levels = COMPONENTS.map((name) =>
      levelNumber(options.componentLevels?.get(name) ?? LEVELS[base] ?? 'info'),
    );
  }

  /** A logger of a component; `file` is the source file its lines name. */
  get(component: string, file: string): Logger {
    const index = COMPONENTS.indexOf(component);
    const at =
      (level: number) =>
      (message: string): void => {
        if (level >= (this.#levels[index] ?? 2)) {
          this.write({ time: Date.now(), level, component, message, file, line: 0, thread: process.pid });
        }
      };
    return {
      trace: at(0),
      debug: at(1),
      info: at(2),
      warn: at(3),
      error: at(4),
      critical: at(5),
      enabled: (level) => levelNumber(level) >= (this.#levels[index] ?? 2),
    };
  }

  /** Writes a line whatever the level: the data plane has judged its own lines already. */
  write(entry: LogEntry): void {
    if (this.#root === undefined) {
      this.#queue.push(entry);
      return;
    }
    this.#emit(this.#root, entry);
  }

  /** Loads pino and writes what is queued; from then on each line is written at once. */
  load(): Promise<void> {
    this.#loading ??= import('pino').then(({ default: pino }) => {
      const destination: PinoDestination = pino.destination(
        this.#options.path ? { dest: this.#options.path, append: true, sync: true } : { fd: 2, sync: true },
      );
      destination.on('error', () => undefined);
      this.#destination = destination;
      this.#root = this.#build(pino, destination);
      this.#pino = new Map();
      const queued = this.#queue;
      this.#queue = [];
      for (const entry of queued) this.#emit(this.#root, entry);
    });
    return this.#loading;
  }

  #build(pino: typeof import('pino').default, destination: PinoDestination): Pino {
    const lines = {
      write: (json: string): void => {
        destination.write(this.#options.json === true ? json : `${this.#format(this.#sink.entry)}\n`);
      },
    };
    return pino<keyof typeof PINO_LEVELS>(
      {
        level: 'trace',
        customLevels: PINO_LEVELS,
        useOnlyCustomLevels: true,
        base: { pid: process.pid },
        messageKey: 'message',
        timestamp: () => `,"time":"${new Date(this.#sink.entry.time).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      lines,
    );
  }

  #emit(root: Pino, entry: LogEntry): void {
    let child = this.#pino?.get(entry.component);
    if (child === undefined) {
      child = root.child({ component: entry.component });
      this.#pino?.set(entry.component, child);
    }
    const name = PINO_NAMES[entry.level] ?? 'info';
    this.#sink.entry = entry;
    const fields =
      entry.file === '' ? {} : entry.line > 0 ? { file: entry.file, line: entry.line } : { file: entry.file };
    child[name](fields, entry.message);
  }

  /** Sets one component's level, or all; false for an unknown component. */
  setLevel(component: string | undefined, level: Level): boolean {
    if (component !== undefined && !isComponent(component)) return false;
    COMPONENTS.forEach((name, index) => {
      if (component !== undefined && name !== component) return;
      this.#levels[index] = levelNumber(level);
      this.#options.onLevel?.(index, levelNumber(level));
    });
    return true;
  }

  level(component: string): Level {
    return LEVELS[this.#levels[COMPONENTS.indexOf(component)] ?? 2] ?? 'info';
  }

  /** Every component with its level, in Envoy's order. */
  levels(): [string, Level][] {
    return COMPONENTS.map((name) => [name, this.level(name)]);
  }

  /** SIGUSR1: opens --log-path anew, so that a rotated file is let go. */
  reopen(): void {
    if (this.#options.path) this.#destination?.reopen();
  }

  /** Writes everything queued, without pino if it is not loaded. Call before the process exits. */
  flush(): void {
    this.#destination?.flushSync();
    if (this.#queue.length === 0) return;
    const fd = this.#options.path ? openSync(this.#options.path, 'a') : 2;
    for (const entry of this.#queue) writeAll(fd, `${this.#plain(entry)}\n`);
    this.#queue = [];
    if (this.#options.path) fsyncSync(fd);
  }

  #plain(entry: LogEntry): string {
    if (this.#options.json !== true) return this.#format(entry);
    const { time, level, component, message, file } = entry;
    return JSON.stringify({
      level: LEVELS[level],
      time: new Date(time).toISOString(),
      pid: process.pid,
      component,
      file,
      message,
    });
  }
}

/** A pipe that is full answers EAGAIN; the last lines before an exit are worth a retry. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let done = 0;
  for (let tries = 0; done < bytes.length && tries < 1000; tries++) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
