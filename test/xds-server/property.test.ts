// Random changes, answers, refusals, subscriptions and reconnections, against a simple client: what it has in the
// end is what there is. Seeds are fixed, and named when one fails.
import t from 'tap';
import { LinearCache, MuxCache, Resource, typeUrls } from '../../src/xds-server/index.ts';
import { NameSets } from '../../src/xds-server/request.ts';
import { Stream, type StreamContext } from '../../src/xds-server/stream.ts';
import { Budget, Turns } from '../../src/xds-server/turns.ts';
import { cluster, decode, encode, endpoints, type Plain } from './client.ts';

const { clusters: CDS, endpoints: EDS } = typeUrls;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const DISCOVERY = 'envoy.service.discovery.v3';

function generator(seed: number): (below: number) => number {
  let state = seed * 7919 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const turn = (): Promise<void> => new Promise(setImmediate);

/** What a client has of one type, as states of the world and deltas tell it. */
class Client {
  readonly has: Record<string, Map<string, string>> = { [CDS]: new Map(), [EDS]: new Map() };
  /** Endpoints that it asks for. */
  wanted = new Set<string>();
  readonly #delta: boolean;
  readonly #context: StreamContext;
  #stream: Stream | undefined;
  /** Responses that it has not answered. */
  readonly waiting: Plain[] = [];
  /** What it has refused on this stream, and not taken since. */
  readonly refused: Record<string, Set<string>> = { [CDS]: new Set(), [EDS]: new Set() };
  /** There were refusals. */
  refusals = 0;
  #nonces: Record<string, string> = {};
  #versions: Record<string, string> = {};

  constructor(delta: boolean, context: StreamContext) {
    this.#delta = delta;
    this.#context = context;
  }

  get settled(): boolean {
    return this.waiting.length === 0 && this.#stream?.settled === true;
  }

  #send(fields: Plain): void {
    this.#stream?.receive(encode(`${DISCOVERY}.${this.#delta ? 'Delta' : ''}DiscoveryRequest`, fields));
  }

  connect(): void {
    this.#stream?.close();
    this.waiting.length = 0;
    this.#nonces = {};
    // A new stream begins with what the client has.
    for (const names of Object.values(this.refused)) names.clear();
    const type = `${DISCOVERY}.${this.#delta ? 'Delta' : ''}DiscoveryResponse`;
    const info = {
      id: 1,
      peer: '',
      headers: {},
      certificate: undefined,
      typeUrl: undefined,
      node: undefined,
    };
    const protocol = this.#delta ? 'delta' : 'sotw';
    const stream = new Stream(
      { ...info, protocol },
      this.#context,
      {
        write: (bytes, sent) => {
          if (stream === this.#stream) this.waiting.push(decode(type, bytes));
          setImmediate(sent);
        },
        end: (_code, message) => t.fail(message),
      },
      () => undefined,
    );
    this.#stream = stream;
    this.#open(CDS, {});
    if (this.wanted.size > 0) this.#open(EDS, { names: [...this.wanted] });
  }

  #open(type_url: string, { names }: { names?: string[] }): void {
    if (this.#delta) {
      const initial_resource_versions = Object.fromEntries(this.has[type_url] as Map<string, string>);
      this.#send({ type_url, initial_resource_versions, resource_names_subscribe: names ?? [] });
    } else {
      const version_info = this.#versions[type_url] ?? '';
      this.#send({ type_url, version_info, resource_names: names ?? [] });
    }
  }

  /** Asks for other endpoints. What it no longer asks for it forgets. */
  subscribe(given: ReadonlySet<string>): void {
    const before = this.wanted;
    // A state of the world that is asked for with an old nonce is not looked at: a name that went and came back
    // meanwhile would not be seen to have gone.
    const open = !this.#delta && this.waiting.some(({ type_url }) => type_url === EDS);
    const names = open ? new Set([...before, ...given]) : given;
    this.wanted = new Set(names);
    const gone = [...before].filter((name) => !names.has(name));
    for (const name of gone) (this.has[EDS] as Map<string, string>).delete(name);
    if (this.#delta) {
      const added = [...names].filter((name) => !before.has(name));
      this.#send({ type_url: EDS, resource_names_subscribe: added, resource_names_unsubscribe: gone });
    } else {
      const response_nonce = this.#nonces[EDS] ?? '';
      const version_info = this.#versions[EDS] ?? '';
      this.#send({ type_url: EDS, resource_names: [...names], response_nonce, version_info });
    }
  }

  /** Takes or refuses the oldest response. */
  answer(refuse: boolean): void {
    const response = this.waiting.shift();
    if (response === undefined) return;
    const type_url = String(response.type_url);
    const response_nonce = String(response.nonce);
    this.#nonces[type_url] = response_nonce;
    const resources = (response.resources ?? []) as Plain[];
    const names = resources.map((each) => String(each.name ?? each.cluster_name));
    for (const name of names) this.refused[type_url]?.[refuse ? 'add' : 'delete'](name);
    if (refuse) this.refusals++;
    else {
      this.#take(type_url, response, resources);
      this.#versions[type_url] = String(response.version_info ?? '');
    }
    const error = refuse ? { error_detail: { code: 3, message: 'no' } } : {};
    const wanted = !this.#delta && type_url === EDS ? { resource_names: [...this.wanted] } : {};
    const version = this.#delta ? {} : { version_info: this.#versions[type_url] ?? '' };
    this.#send({ type_url, response_nonce, ...version, ...error, ...wanted });
  }

  #take(type_url: string, response: Plain, resources: readonly Plain[]): void {
    const has = this.has[type_url] as Map<string, string>;
    if (this.#delta) {
      for (const { name, version } of resources) has.set(String(name), String(version));
      for (const name of (response.removed_resources ?? []) as string[]) has.delete(name);
    } else {
      if (type_url === CDS) has.clear();
      for (const { '@type': type, ...fields } of resources) {
        const made = Resource.of(String(type), fields);
        has.set(made.name, made.version);
      }
    }
    if (type_url === EDS) for (const name of has.keys()) if (!this.wanted.has(name)) has.delete(name);
  }
}

async function run(seed: number, delta: boolean): Promise<string | undefined> {
  const random = generator(seed);
  const clusters = new LinearCache('clusters');
  const hosts = new LinearCache('endpoints');
  const context: StreamContext = {
    source: new MuxCache({ types: { clusters, endpoints: hosts } }),
    callbacks: {},
    response: { identifier: '' },
    turns: new Turns(),
    budget: new Budget({ bytes: 1e6, slowBytes: 1e6, slowMs: 1e6 }),
    names: new NameSets(),
    holdMs: 1e6,
  };
  const client = new Client(delta, context);
  client.connect();
  const name = (): string => NAMES[random(NAMES.length)] as string;
  let count = 0;
  const touch = (type: string, each: string): void => {
    count++;
    if (type === CDS) clusters.set(cluster(each, { connect_timeout: `${count}s` }));
    else hosts.set(endpoints(each, 1 + count));
  };
  for (let step = 0; step < 120; step++) {
    const what = random(12);
    if (what < 3) touch(CDS, name());
    else if (what < 5) touch(EDS, name());
    else if (what === 5) clusters.delete(name());
    else if (what === 6) hosts.delete(name());
    else if (what === 7) client.subscribe(new Set(NAMES.filter(() => random(2) === 0)));
    else if (what === 8 && random(4) === 0) client.connect();
    else client.answer(random(4) === 0);
    if (random(2) === 0) await turn();
  }
  // The next good version of one resource of what was refused brings the others along, and removals come with any.
  for (const [type, names] of Object.entries(client.refused)) {
    const cache = type === CDS ? clusters : hosts;
    const there = [...names].filter(
      (each) => cache.get(each) !== undefined && (type === CDS || client.wanted.has(each)),
    );
    const [any] = type === CDS ? NAMES : client.wanted;
    const one = there[0] ?? any;
    if (client.refusals > 0 && one !== undefined) touch(type, one);
  }
  for (let i = 0; i < 500 && !client.settled; i++) {
    client.answer(false);
    await turn();
  }
  if (!client.settled) return 'it does not come to rest';
  const show = (map: Iterable<readonly [string, string]>): string => JSON.stringify([...map].sort());
  const all = show(Array.from(clusters, (each) => [each.name, each.version] as const));
  if (show(client.has[CDS] ?? []) !== all) return `clusters: ${show(client.has[CDS] ?? [])} for ${all}`;
  // Of named resources states of the world do not say that they are gone.
  const wanted = Array.from(hosts)
    .filter((each) => client.wanted.has(each.name))
    .map((each) => [each.name, each.version] as const);
  const own = [...(client.has[EDS] ?? [])].filter(([each]) => delta || hosts.get(each) !== undefined);
  return show(own) === show(wanted) ? undefined : `endpoints: ${show(own)} for ${show(wanted)}`;
}

/** More of them in a long run: ATTACHE_SEEDS. */
const SEEDS = Number(process.env.ATTACHE_SEEDS ?? 40);

for (const delta of [false, true]) {
  t.test(delta ? 'delta' : 'state of the world', { timeout: 200_000 }, async (t) => {
    const failed: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const wrong = await run(seed, delta);
      if (wrong !== undefined) failed.push(`${seed}: ${wrong}`);
    }
    t.same(failed, []);
  });
}
