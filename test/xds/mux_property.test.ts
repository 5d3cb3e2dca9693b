/**
 * Random orders of everything that can happen on a stream, against a management server that is as strict as
 * the protocol allows. When the noise ends both sides have to agree about everything.
 */
import t from 'tap';
import { EDS, Recorder, type Seen, type ServerStream, world } from './support.ts';

/** mulberry32: the same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** What the server knows about one stream. */
type Session = {
  readonly stream: ServerStream;
  names: Set<string>;
  /** What the client has been sent, by name (delta: or claims to have). */
  readonly sent: Map<string, string>;
  nonce: string;
  answered: boolean;
};

const NAMES = ['a', 'b', 'c', 'd', 'e'];

async function run(variant: 'sotw' | 'delta', seed: number): Promise<string | undefined> {
  const random = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const { clock, mux, streams, onRequest } = world(
    variant,
    random() < 0.3 ? { rateLimit: { maxTokens: 3, fillRate: 20 } } : {},
  );
  clock.chance = random();
  const held = new Map<string, string>();
  const wanted = new Set<string>();
  /** Of names that were given up: the server may not have noticed. */
  const parked = new Map<string, string>();
  /** A server that is told so in a request that crosses a response does not hear it. */
  const refused = new Set<string>();
  const recorder = new Recorder();
  const waiting: (() => void)[] = [];
  let noisy = true;
  recorder.verdict = async ({ resources, removed, version }) => {
    if (noisy && random() < 0.5) await new Promise<void>((resolve) => waiting.push(resolve));
    if (noisy && random() < 0.2) {
      for (const each of resources) {
        refused.add(`${each.name} ${variant === 'sotw' ? version : each.version}`);
      }
      for (const name of removed) held.delete(name);
      return { error: 'no', rejected: new Set(resources.map(({ name }) => name)) };
    }
    for (const resource of resources) {
      const own = variant === 'sotw' ? `${version}` : resource.version;
      if (wanted.has(resource.name)) held.set(resource.name, own);
      else if (variant === 'sotw') parked.set(resource.name, own);
    }
    for (const name of removed) held.delete(name);
    return {};
  };
  const sub = mux.subscribe(EDS, recorder);
  const world_ = new Map<string, string>();
  let version = 0;
  let nonce = 0;
  let session: Session | undefined;
  const problems: string[] = [];

  const read = (current: Session, seen: Seen): void => {
    if (variant === 'sotw') {
      // A stale nonce is not looked at.
      if (seen.nonce !== current.nonce) return;
      current.answered = true;
      const more = seen.names.filter((name) => !current.names.has(name));
      current.names = new Set(seen.names);
      if (seen.error !== undefined || more.length > 0)
        for (const name of seen.error ? seen.names : more) current.sent.delete(name);
      return;
    }
    if (seen.nonce !== '') {
      if (seen.names.length + seen.off.length > 0) problems.push('an answer changes the subscription');
      if (seen.error !== undefined) for (const name of current.sent.keys()) current.sent.set(name, 'unknown');
      return;
    }
    for (const name of seen.off) {
      if (!current.names.delete(name)) problems.push(`${name} is unsubscribed twice`);
      current.sent.delete(name);
    }
    for (const name of seen.names) {
      current.names.add(name);
      // It is sent again, or the client is told that there is none.
      current.sent.set(name, seen.initial[name] ?? 'unknown');
    }
  };
  const serve = (): void => {
    const newest = streams.at(-1);
    if (newest === undefined) return;
    if (session?.stream !== newest) {
      session = { stream: newest, names: new Set(), sent: new Map(), nonce: '', answered: true };
    }
    for (const seen of newest.take()) read(session, seen);
  };
  /** Sends what the client does not have. */
  const push = (): void => {
    serve();
    if (session === undefined) return;
    const due = [...session.names].filter((n) => session?.sent.get(n) !== world_.get(n));
    const resources = Object.fromEntries(
      due.flatMap((n) => (world_.has(n) ? [[n, world_.get(n) as string]] : [])),
    );
    const removed = variant === 'delta' ? due.filter((n) => !world_.has(n)) : [];
    if (Object.keys(resources).length + removed.length === 0) return;
    if (variant === 'sotw') {
      // One version for all of a response: the newest of each.
      session.nonce = `${++nonce}`;
      session.answered = false;
      const [[name, own]] = Object.entries(resources) as [[string, string]];
      session.stream.respond({ version: own, nonce: session.nonce, resources: { [name]: own } });
      session.sent.set(name, own);
      return;
    }
    session.stream.respond({ nonce: `${++nonce}`, resources, removed });
    for (const name of due) {
      const own = world_.get(name);
      if (own === undefined) session.sent.delete(name);
      else session.sent.set(name, own);
    }
  };
  const want = (name: string, on: boolean): void => {
    if (on) {
      wanted.add(name);
      const kept = parked.get(name);
      if (kept !== undefined && !held.has(name)) held.set(name, kept);
      sub.add([name]);
    } else {
      wanted.delete(name);
      const last = held.get(name);
      if (variant === 'sotw' && last !== undefined) parked.set(name, last);
      held.delete(name);
      sub.remove([name]);
    }
  };
  const events: (() => void | Promise<void>)[] = [
    () => want(pick(NAMES), true),
    () => want(pick(NAMES), false),
    () => void world_.set(pick(NAMES), `v${++version}`),
    () => void (variant === 'delta' && world_.delete(pick(NAMES))),
    push,
    push,
    () => waiting.shift()?.(),
    () => clock.settle(),
    () => clock.advance(random() * 400),
    () => {
      if (random() < 0.3 && session !== undefined && streams.at(-1) === session.stream) session.stream.end();
    },
    () => {
      sub.pause();
      void clock.advance(1).then(() => sub.resume());
    },
  ];
  onRequest.call = (seen) => {
    for (const [name, own] of Object.entries(seen.initial)) {
      if (held.get(name) !== own) problems.push(`${name} ${own} is claimed, ${held.get(name)} is held`);
    }
  };
  mux.start();
  for (let i = 0; i < 120; i++) await pick(events)();
  noisy = false;
  for (let i = 0; i < 60; i++) {
    for (const resolve of waiting.splice(0)) resolve();
    await clock.advance(40_000);
    push();
    await clock.settle();
  }
  serve();
  if (problems.length > 0) return problems[0];
  const names = [...(session?.names ?? [])].sort().join();
  if (names !== [...wanted].sort().join()) return `the server has ${names}, wanted are ${[...wanted].sort()}`;
  for (const name of wanted) {
    const newest = world_.get(name);
    if (variant === 'sotw' && refused.has(`${name} ${newest}`)) continue;
    if (held.get(name) !== newest) return `${name}: ${held.get(name)} instead of ${newest}`;
  }
  mux.stop();
  return undefined;
}

for (const variant of ['sotw', 'delta'] as const) {
  t.test(`${variant}: both sides agree whatever happens`, async (t) => {
    const first = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
    for (let i = 0; i < 60; i++) {
      const problem = await run(variant, first + i);
      if (problem !== undefined) {
        t.fail(`SEED=${first + i}: ${problem}`);
        return;
      }
    }
    t.pass(`seeds from ${first}`);
  });
}
