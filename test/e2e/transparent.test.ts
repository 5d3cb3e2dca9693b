// A transparent listener may have an address that is not this machine's, if the process may make one.
import t from 'tap';
import { type Fields, freePort, listener, Running, folder, root, routes, eventually } from './support.ts';
import { join } from 'node:path';

const dir = folder();
t.teardown(() => dir.remove());

/** How it ends with these fields of the listener: it serves, or why it does not. */
async function outcome(fields: Fields): Promise<string> {
  const port = await freePort();
  const made = listener('in', 0, { route_config: routes([]) });
  const address = { socket_address: { address: '192.0.2.77', port_value: port } };
  const config = dir.write('config.json', {
    static_resources: { listeners: [{ ...made, address, ...fields }] },
  });
  const proxy = new Running(process.execPath, [
    join(root, 'bin/attache'),
    '-c',
    config,
    '--concurrency',
    '1',
  ]);
  try {
    return await eventually('an outcome', () => /starting to serve|cannot bind.*/i.exec(proxy.output)?.[0]);
  } finally {
    await proxy.stop();
  }
}

// observes: envoy.config.listener.v3.Listener: transparent
t.test('transparent', async (t) => {
  t.match(await outcome({}), /cannot bind '192.0.2.77:\d+': Cannot assign requested address/);
  t.match(
    await outcome({ transparent: true }),
    /starting to serve|cannot bind '192.0.2.77:\d+': Operation not permitted/,
  );
});
