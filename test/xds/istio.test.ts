/**
 * Responses of a real istiod (1.29.6), as they go over the wire: what is built is accepted, and of all else each
 * thing is refused by its name and place, and nothing for any other reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadResources, loadResponse } from '../../src/config/load_resources.ts';
import type { LoadOptions } from '../../src/config/messages.ts';
import { root } from '../e2e/support.ts';

const folder = join(root, 'test/xds/fixtures/istio');
const options: LoadOptions = {
  unknownStatic: 'reject',
  unknownDynamic: 'reject',
  skipDeprecated: true,
  serviceCluster: '',
  serviceNode: '',
  serviceZone: '',
  ads: 'sotw',
  origin: { ads: true, initialFetchTimeoutMs: 0 },
};
/** A field or value that is not built, or an extension, with where it is. */
const REFUSED = /^[a-z_]+[\w.[\]"@-]*: .*(is not supported by attache yet|there is no extension of the type)/;

for (const proxy of readdirSync(folder)) {
  for (const file of readdirSync(join(folder, proxy))) {
    t.test(`${proxy} ${file}`, async (t) => {
      const response = loadResponse(readFileSync(join(folder, proxy, file), 'utf8'), options);
      if (response.kind === 'bad') {
        t.fail(response.details);
        return;
      }
      const { resources, failures } = loadResources(response.typeUrl, response.resources, options);
      t.equal(resources.length + failures.length, response.resources.length);
      t.ok(response.resources.every(({ name }) => name !== ''));
      for (const { name, details } of failures) {
        for (const one of details.split('; ')) t.match(one, REFUSED, name);
      }
      // All is accepted whole but what asks for Wasm.
      if (file !== 'TypedExtensionConfig.json') t.same(failures, []);
    });
  }
}
