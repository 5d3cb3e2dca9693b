import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './paths.ts';

/** The Envoy release whose API and behaviour attache follows. */
export const ENVOY_VERSION = '1.40.0';

export const VERSION = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

/** In the shape of Envoy's: revision/version/state/build/TLS library. */
export const VERSION_STRING = `attache-${VERSION}/${ENVOY_VERSION}/Clean/RELEASE/OpenSSL-${process.versions.openssl}`;
