import { healthChecks } from './health_checks.ts';
import { run } from './support.ts';

await run(healthChecks);
