// What routes do when hosts misbehave, through the real Envoy and through this proxy: a client and scripted hosts that
// speak HTTP/1.1, or both HTTP/2. A script says what the hosts do with each request in turn; what they see, what the
// client gets, what is logged and counted is compared.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { callOnce, H2Origin, http2Hosts, type Pairs } from '../e2e/h2_support.ts';
import {
  ask,
  cluster,
  eventually,
  type Fields,
  fileLog,
  folder,
  freePort,
  listener,
  Origin,
  type Running,
} from '../e2e/support.ts';
import { runSide } from './side.ts';

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
/** What a host does with a request: it may end the connection (or stream), or say nothing. */
export type Step = Answer | 'reset' | 'silence' | { readonly after: number; readonly step: Step };
export type Exchange = {
  readonly path: string;
  /** GET without a body, else POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In the order in which requests come to hosts of all clusters; then they say ok. */
  readonly steps?: readonly Step[];
  /** Requests that hosts see in all, where that is not known when the client is answered: they are sorted. */
  readonly seen?: number;
};
export type Outcome = {
  readonly status: number;
  readonly headers: Pairs;
  readonly body: string;
  /** Head and body of each request as its host has seen it. */
  readonly seen: readonly string[];
  /** As many lines of the log as there are. */
  readonly logged: readonly string[];
};
export const PROTOCOLS = ['http1', 'http2'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export type WorldOptions = {
  /** Virtual hosts for a protocol; clusters are named without it ("a" is there for each of them). */
  readonly table: (protocol: Protocol) => Fields;
  /** The clusters, with fields of their own; each has a host of its own, or (a number of) none that listens. */
  readonly clusters: Readonly<
    Record<
      string,
      {
        readonly fields?: Fields;
        readonly hosts?: number;
        readonly dead?: true;
        /** It answers all requests so, and knows no script. */
        readonly always?: Step;
        /** Of load_assignment, where hosts are not all alike. */
        readonly endpoints?: (ports: readonly number[]) => readonly Fields[];
      }
    >
  >;
  /** Of the connection manager. */
  readonly manager?: Fields;
  /** The format of the log. */
  readonly log?: string;
  /** Statistics that are compared. */
  readonly stats: RegExp;
  /** Headers of requests that are not looked at. */
  readonly ignored?: RegExp;
  readonly flags?: readonly string[];
};

/** What is left of it in later attempts depends on the time. */
const EXPECTED = 'x-envoy-expected-rq-timeout-ms';

type Side = {
  readonly admin: number;
  readonly ports: Readonly<Record<Protocol, number>>;
  readonly log: string;
};

/** Hosts, and both proxies; ended with the test. */
export class World {
  readonly #options: WorldOptions;
  readonly #sides: Side[] = [];
  #steps: Step[] = [];
  #seen: string[] = [];

  private constructor(options: WorldOptions) {
    this.#options = options;
  }

  static async make(t: Pick<Test, 'teardown'>, options: WorldOptions): Promise<World> {
    const world = new World(options);
    const dir = folder();
    t.teardown(() => dir.remove());
    const hosts = await world.#makeHosts(t);
    for (const own of [false, true]) {
      const side = {
        admin: await freePort(),
        ports: { http1: await freePort(), http2: await freePort() },
        log: join(dir.path, own ? 'attache.log' : 'envoy.log'),
      };
      const flags = ['--file-flush-interval-msec', '20', ...(options.flags ?? [])];
      const running: Running = await runSide(own, world.#config(side, hosts), {
        admin: side.admin,
        dir,
        flags,
      });
      t.teardown(() => running.stop());
      world.#sides.push(side);
    }
    return world;
  }

  /** The same exchange on both: what Envoy does, what we do. */
  async play(protocol: Protocol, exchange: Exchange): Promise<readonly [Outcome, Outcome]> {
    const [theirs, ours] = this.#sides as [Side, Side];
    return [await this.#playOn(theirs, protocol, exchange), await this.#playOn(ours, protocol, exchange)];
  }

  /** Those that are compared, of both. */
  async stats(): Promise<readonly [string[], string[]]> {
    const read = async ({ admin }: Side): Promise<string[]> => {
      const text = await (await fetch(`http://127.0.0.1:${admin}/stats`)).text();
      return text
        .split('\n')
        .filter((line) => this.#options.stats.test(line) && !/ P0/.test(line))
        .sort();
    };
    const [theirs, ours] = this.#sides as [Side, Side];
    return [await read(theirs), await read(ours)];
  }

  /** Until hosts have seen so many requests of the present exchange. */
  async seen(count: number): Promise<void> {
    await eventually(`${count} requests`, () => this.#seen.length >= count);
  }

  async #playOn(side: Side, protocol: Protocol, exchange: Exchange): Promise<Outcome> {
    const before = lines(side.log).length;
    this.#steps = [...(exchange.steps ?? [])];
    this.#seen = [];
    const { status, headers, body } = await (protocol === 'http1' ? overHttp1 : overHttp2)(
      side.ports[protocol],
      exchange,
    );
    // The last line is that of the answer; those of redirects that were followed are before it.
    await eventually('the log', () => {
      const last = lines(side.log).slice(before).at(-1);
      return last !== undefined && !last.includes('internal_redirect');
    });
    const count = exchange.seen;
    if (count !== undefined) await this.seen(count);
    return {
      status,
      headers: headers
        .filter(([name]) => !/^(date|x-envoy-upstream-service-time|connection|transfer-encoding)$/.test(name))
        .sort(),
      body,
      seen: count === undefined ? [...this.#seen] : [...this.#seen].sort(),
      logged: lines(side.log).slice(before),
    };
  }

  /** What a host does with a request that has come as a whole. */
  #handle(name: string, method: string, path: string, headers: Pairs, body: string): Step {
    const ignored = this.#options.ignored ?? /^$/;
    const kept = headers.filter(
      ([key]) =>
        !/^(:.*|host|x-request-id|x-forwarded-(for|proto)|content-(length|type)|te|transfer-encoding|user-agent)$/.test(
          key,
        ) && !ignored.test(key),
    );
    const host = headers.find(([key]) => key === 'host' || key === ':authority')?.[1];
    const again = this.#seen.some((line) => line.startsWith(`${name}:`));
    const fields = kept
      .map(([key, value]) => `${key}=${key === EXPECTED && again ? 'less' : value}`)
      .sort()
      .join(' ');
    this.#seen.push(`${name}: ${method} ${host}${path} [${fields}] ${body.length}`);
    const always = this.#options.clusters[name]?.always;
    if (always !== undefined) return always;
    return this.#steps.shift() ?? { status: 200, body: `ok from ${name}` };
  }

  async #makeHosts(t: Pick<Test, 'teardown'>): Promise<Map<string, number[]>> {
    const hosts = new Map<string, number[]>();
    for (const [name, { hosts: count = 1, dead }] of Object.entries(this.#options.clusters)) {
      for (const protocol of PROTOCOLS) {
        const ports: number[] = [];
        for (let i = 0; i < count; i++) {
          if (dead) {
            ports.push(await freePort());
            continue;
          }
          const own = count > 1 ? `${name}${i}` : name;
          const host = protocol === 'http1' ? this.#host1(own) : this.#host2(own);
          ports.push((await host.listen()).port);
          t.teardown(() => host.close());
        }
        hosts.set(`${name}_${protocol}`, ports);
      }
    }
    return hosts;
  }

  #host1(name: string): Origin {
    return new Origin((request, socket) => {
      const method = request.line.split(' ')[0] ?? '';
      const act = (step: Step): void => {
        if (step === 'silence' || socket.destroyed) return;
        if (step === 'reset') socket.destroy();
        else if ('after' in step) setTimeout(() => act(step.step), step.after);
        else {
          const body = step.body ?? '';
          const more = Object.entries(step.headers ?? {}).map(([key, value]) => `${key}: ${value}\r\n`);
          const head = `${more.join('')}content-length: ${body.length}`;
          socket.write(`HTTP/1.1 ${step.status} S\r\n${head}\r\n\r\n${body}`);
        }
      };
      act(this.#handle(name, method, request.path, request.headers, request.body.toString()));
      return undefined;
    });
  }

  #host2(name: string): H2Origin {
    return new H2Origin((stream, request, headers) => {
      const act = (step: Step): void => {
        if (step === 'silence' || stream.destroyed) return;
        if (step === 'reset') stream.close(8);
        else if ('after' in step) setTimeout(() => act(step.step), step.after);
        else {
          const body = step.body ?? '';
          const head = { ':status': step.status, ...step.headers, 'content-length': body.length };
          stream.respond(head, { endStream: body === '' });
          if (body !== '') stream.end(body);
        }
      };
      const begin = (): void =>
        act(
          this.#handle(
            name,
            String(headers[':method']),
            request.path,
            request.headers,
            request.body.toString(),
          ),
        );
      if (request.ended || stream.readableEnded) begin();
      else stream.on('end', begin);
    });
  }

  #config(side: Side, hosts: Map<string, number[]>): Fields {
    const {
      table,
      clusters,
      manager,
      log = '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%',
    } = this.#options;
    const file = fileLog(side.log);
    return {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: side.admin } } },
      static_resources: {
        listeners: PROTOCOLS.map((protocol) =>
          listener(protocol, side.ports[protocol], {
            stat_prefix: protocol,
            access_log: [
              {
                ...file,
                typed_config: {
                  ...(file.typed_config as Fields),
                  log_format: { text_format_source: { inline_string: `${log}\n` } },
                },
              },
            ],
            route_config: { name: 'local', ...table(protocol) },
            ...manager,
          }),
        ),
        clusters: PROTOCOLS.flatMap((protocol) =>
          Object.entries(clusters).map(([key, { fields, endpoints }]) => {
            const name = `${key}_${protocol}`;
            const ports = hosts.get(name) ?? [];
            const assigned = endpoints && {
              load_assignment: { cluster_name: name, endpoints: [...endpoints(ports)] },
            };
            const speaks = protocol === 'http2' ? http2Hosts : {};
            return cluster(name, ports, { ...speaks, ...assigned, ...fields });
          }),
        ),
      },
    };
  }
}

const lines = (log: string): string[] =>
  existsSync(log) ? readFileSync(log, 'latin1').split('\n').slice(0, -1) : [];

type Got = { readonly status: number; readonly headers: Pairs; readonly body: string };
const methodOf = ({ method, body }: Exchange): string => method ?? (body === undefined ? 'GET' : 'POST');

async function overHttp1(port: number, exchange: Exchange): Promise<Got> {
  const { path, headers = {}, body } = exchange;
  const all = {
    host: 'test.example',
    ...headers,
    ...(body === undefined ? {} : { 'content-length': body.length }),
  };
  const head = Object.entries(all).map(([key, value]) => `${key}: ${value}\r\n`);
  const method = methodOf(exchange);
  const got = await ask(
    port,
    `${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n${body ?? ''}`,
    method === 'HEAD',
  );
  return { status: got.status, headers: got.headers, body: got.body.toString() };
}

async function overHttp2(port: number, exchange: Exchange): Promise<Got> {
  const { path, headers = {}, body } = exchange;
  const got = await callOnce(port, path, {
    headers: { ':method': methodOf(exchange), 'content-type': 'text/plain', te: 'trailers', ...headers },
    body: body === undefined ? [] : [Buffer.from(body)],
  });
  const status = Number(got.headers.find(([name]) => name === ':status')?.[1] ?? 0);
  return {
    status,
    headers: got.headers.filter(([name]) => !name.startsWith(':')),
    body: got.body.toString(),
  };
}
