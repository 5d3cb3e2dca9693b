import { grpcFilters } from './grpc_filters.ts';
import { run } from './support.ts';

await run(grpcFilters);
