import { GrpcProbe } from './grpc_probe.ts';
import { Http1Probe, type HttpResults } from './http1_probe.ts';
import { Http2Probe } from './http2_probe.ts';
import { judge } from './http_judge.ts';
import type { Connect, ProbeResults } from './probe.ts';
import type { HealthCounts, Probe } from './session.ts';
import type { HealthCheckSettings, HttpCheck } from './settings.ts';
import { TcpProbe } from './tcp_probe.ts';

/** What a probe knows of its host; all of it may change with the endpoint set. */
export type ProbeTarget = {
  readonly connect: Connect;
  readonly secured: () => boolean;
  /** What the host is called in requests, given what the check says. */
  readonly name: (own: string) => string;
};

function httpResults(
  check: HttpCheck,
  results: ProbeResults,
  counts: Pick<HealthCounts, 'verify_cluster'>,
): HttpResults {
  return {
    failed: () => results.failure('NETWORK'),
    answered: (head, body) => {
      const { result, exclude, verified } = judge(check, head, body);
      if (verified) counts.verify_cluster++;
      if (exclude) results.exclude();
      if (result === 'good' || result === 'degraded') results.success(result === 'degraded');
      else results.failure('ACTIVE', result === 'retriable', head.status);
    },
  };
}

/** How hosts are asked by this check. */
export function makeProbe(
  { probe, reuseConnection, timeoutMs }: HealthCheckSettings,
  { connect, secured, name }: ProbeTarget,
  results: ProbeResults,
  counts: Pick<HealthCounts, 'verify_cluster'>,
): Probe {
  const scheme = (): string => (secured() ? 'https' : 'http');
  switch (probe.kind) {
    case 'tcp':
      return new TcpProbe(probe, reuseConnection, results, connect);
    case 'grpc': {
      const host = (): string => name(probe.authority);
      return new GrpcProbe(probe, host, scheme, { timeoutMs, reuse: reuseConnection }, results, connect);
    }
    default: {
      const host = (): string => name(probe.host);
      const answers = httpResults(probe, results, counts);
      return probe.http2
        ? new Http2Probe(probe, host, scheme, reuseConnection, answers, connect)
        : new Http1Probe(probe, host, reuseConnection, answers, connect);
    }
  }
}
