import { defaultOptions, type Options } from './flags.ts';
import { Server } from './server.ts';

export { ConfigError } from './server.ts';
export type { Finding } from './config/messages.ts';

/** How `start` may be told more than the configuration says. All have defaults. */
export type StartOptions = Partial<
  Omit<Options, 'configPath' | 'configYaml' | 'mode' | 'output' | 'given' | 'dnsHosts'>
> & {
  /** YAML that is merged over the configuration. */
  readonly configYaml?: string;
  readonly dns?: {
    /** Answers by name, instead of asking the hosts file and DNS. */
    readonly hosts?: Readonly<Record<string, string | readonly string[]>>;
  };
  /** Closes the proxy when aborted. */
  readonly signal?: AbortSignal;
};

/** A running proxy. */
export interface Attache {
  /** Resolves when traffic is accepted; rejects with a ConfigError, or with what kept it from starting. */
  readonly ready: Promise<void>;
  /** Where the admin interface listens (`127.0.0.1:9901`); undefined without one or before it is ready. */
  readonly adminAddress: string | undefined;
  /** The addresses that each listener accepts on, by name; ports that the system chose are filled in. */
  readonly listeners: Readonly<Record<string, readonly string[]>>;
  /** Stops accepting, lets requests finish, and resolves when no connection is left or after `timeMs`. */
  drain(timeMs?: number): Promise<void>;
  /** Ends everything now; after `drain` nothing is lost by it. */
  close(): Promise<void>;
  /** Opens the log files anew, after they were rotated. */
  reopenLogs(): void;
}

let running: Server | undefined;

/**
 * Starts the proxy in this process, with its worker threads.
 *
 * @param config the path of a configuration file (YAML or JSON), or the configuration itself as an object
 * @throws Error at once when a proxy runs in this process already
 */
export function start(config: string | URL | object, options: StartOptions = {}): Attache {
  if (running !== undefined) throw new Error('attache runs once in a process: close the running one first');
  const { dns, signal, configYaml = '', ...rest } = options;
  const path = typeof config === 'string' ? config : config instanceof URL ? config.pathname : '';
  const input = {
    path,
    yaml: configYaml,
    ...(typeof config === 'object' && !(config instanceof URL) ? { text: JSON.stringify(config) } : {}),
  };
  const server = new Server(input, {
    ...defaultOptions(),
    ...rest,
    configPath: path,
    configYaml,
    dnsHosts: dns?.hosts ?? {},
  });
  running = server;
  const close = async (): Promise<void> => {
    await server.close();
    if (running === server) running = undefined;
  };
  server.onQuit = () => void close();
  const ready = server.start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  signal?.addEventListener('abort', () => void close(), { once: true });
  return {
    ready,
    get adminAddress() {
      return server.adminAddress;
    },
    get listeners() {
      const manager = server.plane.listenerManager;
      return Object.fromEntries([...manager.active().keys()].map((name) => [name, manager.addresses(name)]));
    },
    drain: (timeMs) => server.drain(timeMs),
    close,
    reopenLogs: () => server.reopenLogs(),
  };
}
