import { accessLogs } from './access_log.ts';
import { run } from './support.ts';

await run(accessLogs);
