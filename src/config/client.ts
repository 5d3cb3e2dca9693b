import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { loadApart, threadFile } from '../paths.ts';
import type {
  ConfigAnswer,
  ConfigCall,
  ConfigInput,
  ConfigRequest,
  LoadedBootstrap,
  LoadedDiscovery,
  LoadedResources,
  LoadedResponse,
  LoadOptions,
} from './messages.ts';

/** After this long without work the thread ends and gives its memory back. Milliseconds. */
const IDLE_MS = 500;
const LIMITS = { maxOldGenerationSizeMb: 4096, maxYoungGenerationSizeMb: 64 };

/** What is read without a thread. Bytes. */
const SMALL = 64 << 10;

type Pending = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

/** Called before and after the thread ends because it idles, or would if there was one. */
export type ConfigThreadEvents = { readonly ending?: () => void; readonly ended?: () => void };

type ResourcesRequest = Extract<ConfigRequest, { kind: 'resources' }>;
type BootstrapRequest = Extract<ConfigRequest, { kind: 'bootstrap' }>;

/** Not a pipe, for which one may have to wait. */
function isSmall({ path, text, yaml }: ConfigInput): boolean {
  if ((text ?? '').length + yaml.length > SMALL) return false;
  if (path === '' || text !== undefined) return true;
  const file = statSync(path, { throwIfNoEntry: false });
  return file?.isFile() === true && file.size <= SMALL;
}

/**
 * The config thread seen from the primary: started for the first request, ended when it idles. A crash
 * of it (an exhausted heap, a bug) fails the requests under way and nothing else.
 */
export class ConfigThread {
  readonly #file: URL | string;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #next = 1;
  #closed = false;

  readonly #events: ConfigThreadEvents;

  constructor(file: URL | string = threadFile('config/config_thread'), events: ConfigThreadEvents = {}) {
    this.#file = file;
    this.#events = events;
  }

  /** Whether the thread exists. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /**
   * Reads the configuration of the process. `here`: if it is small, in the calling thread, as the start of
   * another takes longer than the work (70 of 320 ms of CPU until the first answer). The code for it is let go
   * as the thread would be.
   */
  async bootstrap<C>(request: BootstrapRequest, here = false): Promise<LoadedBootstrap<C>> {
    if (!here || !isSmall(request.input)) return this.#call(request) as Promise<LoadedBootstrap<C>>;
    // Others start threads first.
    await new Promise((resolve) => setImmediate(resolve));
    const { loadBootstrap } = await loadApart<typeof import('./load.ts')>('config/load');
    const loaded = await loadBootstrap(request.input, request.options);
    this.#idles();
    return loaded as LoadedBootstrap<unknown> as LoadedBootstrap<C>;
  }

  discovery(request: Extract<ConfigRequest, { kind: 'discovery' }>): Promise<LoadedDiscovery> {
    return this.#call(request) as Promise<LoadedDiscovery>;
  }

  /** Resources of a management server: a few are read here, at once; large and `many` ones by the thread. */
  async resources(request: ResourcesRequest, many = false): Promise<LoadedResources> {
    let size = 0;
    for (const { bytes } of request.resources) size += bytes.length;
    if (many || size > SMALL) {
      // Of its own: the thread gets a copy of what is to be read, not of all that came with it.
      const resources = request.resources.map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
      return this.#call({ ...request, resources }) as Promise<LoadedResources>;
    }
    const { loadResources } = await import('./load_resources.ts');
    const { typeUrl, resources, options } = request;
    return loadResources(typeUrl, resources, options);
  }

  /** An answer of discovery over REST. */
  async response(text: string, options: LoadOptions): Promise<LoadedResponse> {
    if (text.length > SMALL)
      return this.#call({ kind: 'response', text, options }) as Promise<LoadedResponse>;
    const { loadResponse } = await import('./load_resources.ts');
    return loadResponse(text, options);
  }

  /** Starts the thread before there is work, so that it starts while others do. */
  start(): void {
    this.#ensure();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#lose(worker, new Error('the configuration thread was closed'));
    await worker?.terminate();
  }

  #call(request: ConfigRequest): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error('the configuration thread was closed'));
    const worker = this.#ensure();
    clearTimeout(this.#timer);
    worker.ref();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const call: ConfigCall = { id, request };
      worker.postMessage(call);
    });
  }

  #ensure(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#file, { resourceLimits: LIMITS, name: 'attache-config' });
    worker.on('message', (answer: ConfigAnswer) => this.#answered(worker, answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', (code) =>
      this.#lose(worker, new Error(`the configuration thread ended with code ${code}`)),
    );
    this.#worker = worker;
    return worker;
  }

  #answered(worker: Worker, answer: ConfigAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('error' in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.result);
    if (this.#pending.size > 0 || this.#worker !== worker) return;
    worker.unref();
    this.#idles();
  }

  #idles(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const worker = this.#worker;
      this.#worker = undefined;
      this.#events.ending?.();
      await worker?.terminate();
      this.#events.ended?.();
    }, IDLE_MS);
    this.#timer.unref();
  }

  #lose(worker: Worker | undefined, error: Error): void {
    if (worker === undefined || this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
