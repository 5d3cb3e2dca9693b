import { cors } from './cors.ts';
import { run } from './support.ts';

await run(cors);
