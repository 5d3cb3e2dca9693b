/** What cases of health checks have in common: clusters that are checked every 10 ms, and ways to look at them. */
import { ask, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { type Asked, asked } from './health_servers.ts';
import { type See, stat, type View } from './support.ts';

export const FAST = '0.01s';
export const NEVER = '3600s';
/** Of which a random part is never, too. */
export const FAR = '1000000s';
export const TICKS = 40;

export const pipe = (path: string): Fields => ({ pipe: { path } });
export const host = (address: Json, fields: Fields = {}): Fields => ({ endpoint: { address, ...fields } });
export const assignment = (hosts: Json[]): Fields => ({
  cluster_name: 'c',
  endpoints: [{ lb_endpoints: hosts }],
});

/** A check that is made every 10 ms. */
export const check = (fields: Fields): Fields => ({
  timeout: NEVER,
  interval: FAST,
  no_traffic_interval: FAST,
  unhealthy_threshold: 1,
  healthy_threshold: 1,
  ...fields,
});

/** A cluster that does not wait for its checks. */
export const checked = (address: Json, fields: Fields, more: Fields = {}): Fields => ({
  wait_for_warm_on_init: false,
  load_assignment: assignment([host(address)]),
  health_checks: [check(fields)],
  ...more,
});

async function attempts(view: View, name = view.name): Promise<number> {
  return (await stat(view, `cluster.${name}.health_check.attempt`)) ?? 0;
}

/** Until the clock has been checked so many times more. */
async function pass(view: View): Promise<void> {
  const start = await attempts(view, 'clock');
  await eventually('time to pass', async () => (await attempts(view, 'clock')) >= start + TICKS);
}

const settled = new WeakMap<object, Promise<void>>();
/** As `pass`, once for all who ask what became of things since the start. */
export function settle(view: View): Promise<void> {
  const known = settled.get(view.world) ?? pass(view);
  settled.set(view.world, known);
  return known;
}

/** How the hosts are. */
export async function flags({ name, world }: View): Promise<string[]> {
  const text = await world.admin('/clusters');
  return [...text.matchAll(new RegExp(`^${name}::.*::health_flags::(.*)$`, 'gm'))].map(
    ([, found]) => found ?? '',
  );
}
export const health: See = async (view) => {
  await settle(view);
  return (await flags(view))[0];
};
/** Whether checks go on, of a cluster that has been used (`traffic`) or not. */
export const goesOn =
  (traffic: boolean): See =>
  async (view) => {
    await settle(view);
    if (traffic) {
      await ask(view.port, get('/'));
      // The one that was due before somebody noticed.
      await pass(view);
    }
    const start = await attempts(view);
    await pass(view);
    return (await attempts(view)) >= start + 5;
  };

let labels = 0;
/** What was asked for under a label of the configuration. */
export const question =
  (label: { readonly on: string; readonly off: string }, part: (each: Asked) => unknown): See =>
  async (view) => {
    await settle(view);
    const first = asked.get(view.name.endsWith('on') ? label.on : label.off)?.[0];
    return first === undefined ? 'nothing' : part(first);
  };

export function pair(): { readonly on: string; readonly off: string } {
  labels++;
  return { on: `l${labels}on`, off: `l${labels}off` };
}
