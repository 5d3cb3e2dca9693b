/** The built proxy as a client of a control plane, and what the tests of all kinds of discovery need. */
import type { Test } from 'tap';
import { folder, freePort, Running, root, eventually } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { join } from 'node:path';

export { answers, ask, bootstrap, MODES, type Mode, origin, sourceOf, world } from '../xds-server/envoy.ts';

/** A running proxy with an admin interface. */
export class Attache {
  readonly admin: number;
  readonly running: Running;
  readonly #dir: { remove(): void };

  private constructor(admin: number, running: Running, dir: { remove(): void }) {
    this.admin = admin;
    this.running = running;
    this.#dir = dir;
  }

  /** Starts it; resolves when the admin interface is there. */
  static async start(config: (admin: number) => Plain, more: readonly string[] = []): Promise<Attache> {
    const admin = await freePort();
    const dir = folder();
    const file = dir.write('attache.json', config(admin) as never);
    const level = process.env.ATTACHE_LOG ?? 'warning';
    const command = (process.env.ATTACHE_COMMAND ?? join(root, 'bin/attache')).split(' ');
    const workers = more.includes('--concurrency') ? [] : ['--concurrency', '1'];
    const args = [...command, '-c', file, ...workers, '-l', level, ...more];
    const running = new Running(process.execPath, args);
    const proxy = new Attache(admin, running, dir);
    await running.listening(admin);
    return proxy;
  }

  get output(): string {
    return this.running.output;
  }

  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.admin}${path}`)).text();
  }

  async json(path: string): Promise<Plain> {
    return JSON.parse(await this.get(path)) as Plain;
  }

  async stat(name: string): Promise<number> {
    const text = await this.get(`/stats?filter=^${name.replaceAll('.', '\\.')}$`);
    return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Until a statistic has the value. */
  async until(name: string, value: number): Promise<void> {
    let last = -1;
    await eventually(`${name} to be ${value}`, async () => {
      last = await this.stat(name);
      return last === value;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it is ${last}\n${this.output}`);
    });
  }

  live(): Promise<unknown> {
    return eventually('the proxy to be live', async () => (await this.get('/ready')).startsWith('LIVE'));
  }

  async stop(): Promise<void> {
    await this.running.stop();
    this.#dir.remove();
    if (process.env.ATTACHE_LOG) process.stderr.write(this.output);
  }
}

/** A proxy that ends with the test. */
export async function proxy(
  test: Test,
  config: (admin: number) => Plain,
  more: readonly string[] = [],
): Promise<Attache> {
  const started = await Attache.start(config, more);
  test.teardown(() => started.stop());
  return started;
}
