import { dns } from './dns.ts';
import { run } from './support.ts';

await run(dns);
