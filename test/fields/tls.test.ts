import { run } from './support.ts';
import { tls } from './tls.ts';

await run(tls);
