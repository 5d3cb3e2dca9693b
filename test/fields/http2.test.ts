import { http2 } from './http2.ts';
import { run } from './support.ts';

await run(http2);
