// The state machine of health checks, under time that the test moves, against a reference that looks at the whole
// history of results again after each of them.
import t from 'tap';
import { Flag } from '../../src/upstream/health/flags.ts';
import {
  CheckSession,
  noCounts,
  type HealthEvent,
  type Transition,
} from '../../src/upstream/health/session.ts';
import type { HealthCheckSettings } from '../../src/upstream/health/settings.ts';
import type { Clock } from '../../src/xds/clock.ts';

type Result = { good: boolean; degraded: boolean; retriable: boolean; network: boolean; late: boolean };
type Told = { at: number; flags: number; transition: Transition };

/** Time that goes to the next timer at once. */
class StepClock implements Clock {
  time = 0;
  #timers: { at: number; call: () => void }[] = [];
  now(): number {
    return this.time;
  }
  random(): number {
    return 0.5;
  }
  soon(call: () => void): void {
    this.after(0, call);
  }
  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  step(): void {
    const [due] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (due === undefined) throw new Error('nothing is due');
    this.#timers = this.#timers.filter((each) => each !== due);
    this.time = due.at;
    due.call();
  }
}

/** Numbers that look random, the same for a seed. */
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822507) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const SETTINGS: HealthCheckSettings = {
  probe: { kind: 'tcp', send: undefined, receive: [] },
  timeoutMs: 50,
  intervalMs: 1000,
  unhealthyMs: 2000,
  unhealthyEdgeMs: 300,
  healthyEdgeMs: 400,
  noTrafficMs: 7000,
  noTrafficHealthyMs: 9000,
  initialJitterMs: 0,
  jitterMs: 0,
  jitterPercent: 0,
  unhealthyThreshold: 2,
  healthyThreshold: 3,
  reuseConnection: true,
  logs: [],
  logFailures: false,
  logSuccess: false,
  alpn: '',
};

function run(settings: HealthCheckSettings, results: readonly Result[], traffic: (n: number) => boolean) {
  const clock = new StepClock();
  const host = { flags: Flag.FailedActive | Flag.PendingActive };
  const counts = noCounts();
  const told: Told[] = [];
  const events: HealthEvent[] = [];
  let begun = 0;
  let gaveUp = 0;
  const session = new CheckSession(
    host,
    {
      settings,
      clock,
      counts,
      traffic: () => traffic(told.length),
      event: (event) => events.push(event),
      onResult: (transition) => told.push({ at: clock.now(), flags: host.flags, transition }),
    },
    (own) => ({
      begin: () => {
        const result = results[begun++];
        if (result === undefined || result.late) return;
        clock.after(1, () => {
          if (result.good) own.success(result.degraded);
          else own.failure(result.network ? 'NETWORK' : 'ACTIVE', result.retriable);
        });
      },
      timeOut: () => {
        gaveUp++;
      },
      stop: () => undefined,
    }),
  );
  session.start();
  while (told.length < results.length) clock.step();
  return { told, counts, events, gaveUp, host, session };
}

/** How many of the last results, this one included, are as `is` says. */
function runLength(results: readonly Result[], last: number, is: (result: Result) => boolean): number {
  let n = 0;
  for (let i = last; i >= 0 && is(results[i] as Result); i--) n++;
  return n;
}

function reference(
  settings: HealthCheckSettings,
  results: readonly Result[],
  traffic: (n: number) => boolean,
): Told[] {
  const told: Told[] = [];
  let at = 0;
  let failed = true;
  let degraded = false;
  let timedOut = false;
  for (const [i, result] of results.entries()) {
    const good = result.good && !result.late;
    const isGood = (each: Result): boolean => each.good && !each.late;
    at += result.late ? settings.timeoutMs : 1;
    let transition: Transition = 'unchanged';
    if (good && failed) {
      const enough = i === 0 || runLength(results, i, isGood) === settings.healthyThreshold;
      transition = enough ? 'changed' : 'pending';
      if (enough) failed = timedOut = false;
    } else if (!good && !failed) {
      const final = !result.late && !result.network && !result.retriable;
      const enough = final || runLength(results, i, (each) => !isGood(each)) === settings.unhealthyThreshold;
      transition = enough ? 'changed' : 'pending';
      if (enough) failed = true;
    }
    if (!good) timedOut = result.late && failed;
    if (i === 0) transition = 'changed';
    if (good && degraded !== result.degraded) {
      degraded = result.degraded;
      if (transition === 'unchanged') transition = 'changed';
    }
    const flags =
      (failed ? Flag.FailedActive : 0) |
      (degraded ? Flag.DegradedActive : 0) |
      (timedOut ? Flag.ActiveTimeout : 0);
    told.push({ at, flags, transition });
    const pending = transition === 'pending';
    if (!traffic(told.length)) at += good && !pending ? settings.noTrafficHealthyMs : settings.noTrafficMs;
    else if (good) at += pending ? settings.healthyEdgeMs : settings.intervalMs;
    else at += pending ? settings.unhealthyEdgeMs : settings.unhealthyMs;
  }
  return told;
}

t.test('random results against the reference', (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const often = 1 + next(6);
    const results = Array.from({ length: 40 }, (): Result => {
      const good = next(often + 1) > 0 === (seed % 2 === 0);
      return {
        good,
        degraded: next(4) === 0,
        retriable: next(2) === 0,
        network: next(2) === 0,
        late: next(5) === 0,
      };
    });
    const settings = { ...SETTINGS, unhealthyThreshold: 1 + next(4), healthyThreshold: 1 + next(4) };
    const from = next(60);
    const traffic = (n: number): boolean => n >= from;
    const { told, counts, gaveUp, host, session } = run(settings, results, traffic);
    const wanted = reference(settings, results, traffic);
    if (JSON.stringify(told) !== JSON.stringify(wanted)) {
      t.same(told, wanted, `seed ${seed}`);
      break;
    }
    const late = results.filter((each) => each.late).length;
    const good = results.filter((each) => each.good && !each.late).length;
    const network = results.filter((each) => each.late || (!each.good && each.network)).length;
    t.equal(gaveUp, late);
    t.match(counts, {
      success: good,
      failure: results.length - good,
      network_failure: network,
      healthy: (host.flags & Flag.FailedActive) === 0 ? 1 : 0,
      degraded: (host.flags & Flag.DegradedActive) === 0 ? 0 : 1,
    });
    session.stop();
    t.match(counts, { healthy: 0, degraded: 0 });
  }
  t.end();
});

const GOOD: Result = { good: true, degraded: false, retriable: false, network: false, late: false };
const BAD: Result = { ...GOOD, good: false };

t.test('what is told for the event log', (t) => {
  const { events } = run(SETTINGS, [BAD, GOOD, GOOD, GOOD, BAD, BAD], () => true);
  t.same(events, [
    { kind: 'failure', type: 'ACTIVE', first: true, status: 0 },
    { kind: 'add', first: false },
    { kind: 'eject', type: 'ACTIVE', status: 0 },
  ]);
  const all = { ...SETTINGS, logFailures: true, logSuccess: true, healthyThreshold: 1 };
  t.same(
    run(all, [GOOD, GOOD, BAD], () => true).events.map(({ kind }) => kind),
    ['add', 'success', 'eject', 'failure'],
  );
  t.end();
});

t.test('jitter: of the interval, of its share, and of the first check', (t) => {
  const jittered = { ...SETTINGS, initialJitterMs: 100, jitterMs: 10, jitterPercent: 20 };
  const { told } = run(jittered, [GOOD, GOOD], () => true);
  // The clock's chance is one half: 50 ms, then 1000 + 100 + 5.
  t.same(
    told.map(({ at }) => at),
    [51, 51 + 1105 + 1],
  );
  t.end();
});

t.test('a session that is stopped tells nothing', (t) => {
  const { session, told } = run(SETTINGS, [GOOD], () => true);
  session.stop();
  session.success(false);
  session.failure('NETWORK');
  t.equal(told.length, 1);
  t.end();
});
