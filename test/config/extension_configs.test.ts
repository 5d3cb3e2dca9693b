// Configurations of HTTP filters that are delivered, with a loader whose answers come when the test says so.
import t from 'tap';
import { ExtensionConfigs } from '../../src/config/extension_configs.ts';
import type { LoadedResources } from '../../src/config/messages.ts';
import type { ConfigSource, DiscoveredFilter, ExtensionPayload } from '../../src/config/payload.ts';
import type { Version } from '../../src/config/resource_map.ts';
import type { Logger } from '../../src/log/logger.ts';

const TYPE = 'envoy.extensions.filters.http.fault.v3.HTTPFault';
const OTHER = 'envoy.extensions.filters.http.buffer.v3.Buffer';
const source: ConfigSource = { path: '/ecds.json', initialFetchTimeoutMs: 0 } as ConfigSource;
const filter: DiscoveredFilter = {
  name: 'filter',
  source,
  statPrefix: 'a',
  listenerStat: 'l',
  types: [TYPE],
  atOnce: false,
};

/** Those of one filter: `deliver` a version, then `loaded` says that it was read, whichever. */
function scene() {
  const told = new Set<(version: Version<ExtensionPayload<string>>) => void>();
  const waiting = new Map<string, (result: LoadedResources<ExtensionPayload<string>>) => void>();
  const log: string[] = [];
  const configs = new ExtensionConfigs<string>({
    configs: {
      subscribe: (_source, _name, onVersion) => {
        told.add(onVersion);
        return () => told.delete(onVersion);
      },
    },
    publisher: {
      putExtension: (_name, config) => log.push(config),
      dropExtension: () => log.push('dropped'),
      flush: () => undefined,
    },
    load: ((_type: string, [resource]: { bytes: Uint8Array }[]) =>
      new Promise((resolve) =>
        waiting.set(Buffer.from(resource?.bytes ?? []).toString(), resolve as never),
      )) as never,
    log: { warn: (text: string) => log.push(text) } as unknown as Logger,
  });
  const deliver = (text: string, type = TYPE): void => {
    for (const each of told) each({ name: 'filter', bytes: Buffer.from(text), payload: { type } } as never);
  };
  const loaded = async (text: string, good = true): Promise<void> => {
    const failures = good ? [] : [{ name: 'filter', details: 'bad' }];
    const resources = good ? [{ name: 'filter', payload: { type: TYPE, compiled: text } }] : [];
    waiting.get(text)?.({ resources, failures } as never);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { configs, log, deliver, loaded };
}

t.test('of versions that are read in another order than they came the last one stays', async (t) => {
  const { configs, log, deliver, loaded } = scene();
  let ready = 0;
  const stop = configs.subscribe(filter, () => ready++);
  deliver('large');
  deliver('small');
  await loaded('small');
  await loaded('large');
  t.same(log, ['small']);
  t.equal(ready, 1);
  deliver('next');
  await loaded('next');
  stop();
  t.same(log, ['small', 'next', 'dropped']);
});

t.test('one that cannot be compiled does not keep the one before it away', async (t) => {
  const { configs, log, deliver, loaded } = scene();
  configs.subscribe(filter, () => undefined);
  deliver('good');
  deliver('bad');
  await loaded('bad', false);
  await loaded('good');
  t.same(log, ["the configuration of the filter 'filter': bad", 'good']);
});

t.test('what is read when nobody wants it any more is not published', async (t) => {
  const { configs, log, deliver, loaded } = scene();
  const stop = configs.subscribe(filter, () => undefined);
  deliver('late');
  stop();
  await loaded('late');
  t.same(log, []);
});

t.test('what a filter may be is what its own listener says, not the version of that before', async (t) => {
  const { configs, log, deliver, loaded } = scene();
  const stop = configs.subscribe(filter, () => undefined);
  configs.subscribe({ ...filter, types: [TYPE, OTHER] }, () => undefined);
  t.throws(() => deliver('other', OTHER), /has type URL/);
  stop();
  deliver('other', OTHER);
  await loaded('other');
  t.same(log, ['other']);
});
