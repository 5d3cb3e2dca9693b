import { MessageChannel } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { Logger } from './log/logger.ts';
import { threadFile } from './paths.ts';
import type { WorkerTask } from './worker.ts';

export type WorkersOptions = {
  readonly concurrency: number;
  readonly log: Logger;
  /** Ends the engine of a worker; its task then resolves. */
  readonly stopWorker: (index: number) => void;
  /** The module that a worker runs; another one in tests. */
  readonly filename?: string;
};

/** A worker that lives shorter than this did not get going; the next try waits. Milliseconds. */
const SHORT_LIFE = 1000;
const LONGEST_WAIT = 10_000;

/**
 * The worker threads: one long-lived task each. A thread that dies (a throw, an exit, an exhausted
 * heap) is logged, counted and replaced, while the others go on.
 */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #pool: Piscina | undefined;
  #stopping = false;
  #shortLives = 0;
  /** Threads that died and were replaced. */
  restarts = 0;
  #tasks: Promise<void>[] = [];
  /** Workers whose engine runs: the others have nothing that could be stopped. */
  readonly #running = new Set<number>();
  readonly #go: Promise<void>;
  #release: () => void = () => undefined;

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#go = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** Lets the engines run: what they need is there. */
  release(): void {
    this.#release();
  }

  /** Starts the threads. Resolves when every engine runs, after `release`. */
  async start(): Promise<void> {
    const { Piscina } = await import('piscina');
    if (this.#stopping) return;
    const { concurrency, filename } = this.#options;
    this.#pool = new Piscina({
      filename: filename ?? threadFile('worker'),
      minThreads: concurrency,
      maxThreads: concurrency,
      // A waiting thread must run its event loop, not sleep on a futex.
      atomics: 'disabled',
      recordTiming: false,
      concurrentTasksPerWorker: 1,
    });
    // Errors of a thread arrive at its task too, where they are handled.
    this.#pool.on('error', () => undefined);
    await Promise.all(Array.from({ length: concurrency }, (_, index) => this.#begin(index)));
  }

  /**
   * Stops the engines and ends the threads. A worker that is still starting is not waited for: its task
   * would begin when nobody is left to stop it.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#pool === undefined) return;
    for (let i = 0; i < this.#options.concurrency; i++) this.#options.stopWorker(i);
    await Promise.all(this.#tasks.filter((_, index) => this.#running.has(index)));
    await this.#pool.destroy();
  }

  /** Resolves when the worker runs for the first time; keeps it running from then on. */
  #begin(index: number): Promise<void> {
    return new Promise((resolve) => {
      this.#tasks[index] = this.#supervise(index, resolve);
    });
  }

  async #supervise(index: number, onRunning: () => void): Promise<void> {
    while (!this.#stopping) {
      const started = performance.now();
      const reason = await this.#run(index, onRunning);
      if (this.#stopping) return;
      this.restarts++;
      this.#options.log.error(`worker_${index} died: ${reason}; starting another`);
      this.#shortLives = performance.now() - started < SHORT_LIFE ? this.#shortLives + 1 : 0;
      if (this.#shortLives > 1) await this.#wait(Math.min(100 * 2 ** this.#shortLives, LONGEST_WAIT));
    }
  }

  /** Runs the task to its end; answers why it ended. */
  async #run(index: number, onRunning: () => void): Promise<string> {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message) => {
      if (message !== 'running') {
        void this.#go.then(() => this.#stopping || port1.postMessage('run'));
        return;
      }
      this.#running.add(index);
      onRunning();
      // Told to run before the stop, and running only now.
      if (this.#stopping) this.#options.stopWorker(index);
    });
    port1.unref();
    const task: WorkerTask = { index, port: port2 };
    try {
      await this.#pool?.run(task, { transferList: [port2] });
      return 'its task ended';
    } catch (error) {
      return (error as Error).message;
    } finally {
      this.#running.delete(index);
      port1.close();
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  }
}
