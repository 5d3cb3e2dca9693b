import t from 'tap';
import { LogRoot } from '../../src/log/logger.ts';
import { RestPoller } from '../../src/xds/rest.ts';
import type { DiscoveryResponse } from '../../src/xds/wire.ts';
import { EDS, FakeClock } from './support.ts';

const response = (version: string): DiscoveryResponse => ({
  typeUrl: EDS,
  full: true,
  version,
  nonce: '',
  resources: [],
  removed: [],
  controlPlane: undefined,
});

t.test('a version is one of the names that were asked for', async (t) => {
  const clock = new FakeClock();
  const asked: string[] = [];
  let answer: (response: DiscoveryResponse | undefined) => void = () => undefined;
  const handler = { onResponse: async () => ({}), onExpired: () => undefined, onFailure: () => undefined };
  const log = new LogRoot({ level: 'off', format: '%v' }).get('config', 'test');
  const settings = { typeUrl: EDS, refreshMs: 1000, wildcard: false };
  const poller = new RestPoller(settings, handler, clock, log, (fields) => {
    asked.push(fields.replace(/,?"type_url".*/, ''));
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  poller.start();
  poller.add(['a']);
  await clock.settle();
  t.strictSame(asked.splice(0), ['"resource_names":["a"]']);
  answer(response('1'));
  await clock.advance(2000);
  t.strictSame(asked.splice(0), ['"version_info":"1","resource_names":["a"]']);
  // Nothing newer of what is asked for.
  answer(undefined);
  await clock.settle();
  poller.add(['b']);
  await clock.settle();
  t.strictSame(asked.splice(0), ['"resource_names":["a","b"]'], 'nobody has answered for both');
  poller.add(['c']);
  answer(response('1'));
  await clock.settle();
  t.strictSame(
    asked.splice(0),
    ['"resource_names":["a","b","c"]'],
    'the answer is that of a question before',
  );
  poller.remove(['b']);
  answer(response('1'));
  await clock.advance(2000);
  t.strictSame(asked.splice(0), ['"version_info":"1","resource_names":["a","c"]']);
  answer(undefined);
  await clock.settle();
  poller.stop();
});
