import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { eventually, folder, freePort, root, Running } from '../e2e/support.ts';
import { answers, Envoy, envoyBinary, origin } from './envoy.ts';

const binary = envoyBinary();
const skip =
  binary === undefined && "the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')";
const example = (name: string): string => join(root, 'examples', name);

/** The example of a client, with another port; Envoy reads YAML where JSON is expected as well. */
async function client(t: Test, port: number): Promise<Envoy> {
  const yaml = readFileSync(example('control-plane-client.yaml'), 'utf8').replace('18000', String(port));
  const dir = folder();
  const file = join(dir.path, 'client.yaml');
  writeFileSync(file, yaml);
  const envoy = await Envoy.startFile(binary as string, file);
  t.teardown(async () => {
    await envoy.stop();
    dir.remove();
  });
  return envoy;
}

t.test('examples/control-plane.mjs', { skip }, async (t) => {
  const lines = readFileSync(example('control-plane.mjs'), 'utf8').trimEnd().split('\n');
  t.ok(lines.length <= 40, `${lines.length} lines`);
  const [one, two] = [await origin('one'), await origin('two')];
  const [xds, port] = [await freePort(), await freePort()];
  const plane = new Running(
    process.execPath,
    [example('control-plane.mjs'), ...[`127.0.0.1:${xds}`, String(port), String(one.port)]],
    'pipe',
  );
  t.teardown(async () => {
    await plane.stop();
    one.close();
    two.close();
  });
  await plane.listening(xds);
  await client(t, xds);
  await answers(port, '200 - one');
  plane.child.stdin?.write(`${two.port}\n`);
  await answers(port, '200 - two');
  t.notMatch(plane.output, /refuses/);
});

t.test('examples/file-control-plane.mjs', { skip }, async (t) => {
  const dir = folder();
  const file = join(dir.path, 'resources.yaml');
  const [one, two] = [await origin('one'), await origin('two')];
  const [xds, port] = [await freePort(), await freePort()];
  const yaml = (to: number): string =>
    readFileSync(example('file-control-plane.yaml'), 'utf8')
      .replace('8081', String(to))
      .replace('10000', String(port));
  writeFileSync(file, yaml(one.port));
  const plane = new Running(process.execPath, [example('file-control-plane.mjs'), file, `127.0.0.1:${xds}`]);
  t.teardown(async () => {
    await plane.stop();
    one.close();
    two.close();
    dir.remove();
  });
  await plane.listening(xds);
  await client(t, xds);
  await answers(port, '200 - one');
  writeFileSync(file, yaml(two.port).replace('connect_timeout', 'connect_timeot'));
  await eventually('the mistake to be shown', () =>
    /resources\.yaml:5:3: error: clusters\[0\]\.connect_timeot: Cluster has no field/.test(plane.output),
  );
  await answers(port, '200 - one');
  writeFileSync(file, yaml(two.port));
  await answers(port, '200 - two');
  t.match(plane.output, /did you mean "connect_timeout"\?/);
  t.notMatch(plane.output, /refuses/);
});
