import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The real Envoy's binary: ENVOY_BIN, or that of the Python package `envoy`. */
export function envoyBinary(): string | undefined {
  const { ENVOY_BIN } = process.env;
  if (ENVOY_BIN !== undefined) return ENVOY_BIN;
  try {
    const code = 'import envoy, os; print(os.path.dirname(envoy.__file__))';
    const folder = execFileSync('python3', ['-c', code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const path = join(folder.trim(), '_bin/envoy');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** One request on a connection of its own. */
export function request(
  target: { readonly host?: string; readonly port?: number; readonly socketPath?: string },
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = http.request({ ...target, path, method: 'GET', agent: false, ...options }, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (text: string) => {
        body += text;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
    });
    req.on('error', reject);
    req.end();
  });
}

/** Tries until the condition holds; fails after about ten seconds. */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (let i = 0; i < 400; i++) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** An origin that answers `/status/N` with that status and everything else with 200. */
export async function startOrigin(): Promise<{ readonly port: number; close(): void }> {
  const server: Server = http.createServer((req, res) => {
    const [, status = '200'] = /^\/status\/(\d+)/.exec(req.url ?? '') ?? [];
    // 204 has no body, and no length of one (RFC 9110 section 8.6).
    res.writeHead(Number(status), status === '204' ? {} : { 'content-length': 6 });
    res.end(status === '204' ? '' : 'hello\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type RealEnvoy = {
  readonly admin: { readonly host: string; readonly port: number };
  readonly folder: string;
  get(path: string, options?: { readonly method?: string }): Promise<Answer>;
  stop(): Promise<void>;
};

/** The built command. */
export const ATTACHE = fileURLToPath(new URL('../../bin/attache', import.meta.url));

/**
 * Starts it (or our own command) with a configuration in which FOLDER stands for a folder of its own; `files` are written
 * there. Resolves when it is live.
 */
export async function startEnvoy(
  binary: string,
  config: string,
  files: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<RealEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), 'attache-oracle-'));
  for (const [name, text] of Object.entries({ ...files, 'envoy.yaml': config })) {
    writeFileSync(join(folder, name), text.replaceAll('FOLDER', folder));
  }
  const child: ChildProcess = spawn(
    binary,
    [
      '-c',
      join(folder, 'envoy.yaml'),
      '--disable-hot-restart',
      '--concurrency',
      '2',
      '-l',
      'error',
      ...flags,
    ].concat('--log-path', join(folder, 'log'), '--admin-address-path', join(folder, 'admin')),
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [host = '', port = ''] = await until('its admin address', () => {
    const text = readFileSync(join(folder, 'admin'), 'utf8');
    return text === '' ? undefined : text.split(':');
  });
  const admin = { host, port: Number(port) };
  await until('the proxy to be live', async () =>
    (await request(admin, '/ready')).status === 200 ? true : undefined,
  );
  return {
    admin,
    folder,
    get: (path, options) => request(admin, path, options),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
