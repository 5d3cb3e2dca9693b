import type { StreamInfo } from './callbacks.ts';
import type { Refusal, Subscription } from './subscription.ts';
import type { NodeInfo } from './view.ts';

/** What a client knows of one type. */
export type SubscriptionStatus = {
  readonly typeUrl: string;
  readonly stream: number;
  readonly wildcard: boolean;
  readonly names: number;
  /** Of the latest response; undefined before the first. */
  readonly sent: string | undefined;
  /** Of the latest response that the client took. */
  readonly acknowledged: string | undefined;
  /** The latest response has not been answered. */
  readonly pending: boolean;
  /** The client refused the latest response. */
  readonly refusal: Refusal | undefined;
};

/** One client: the streams with one node id. */
export type ClientStatus = {
  readonly node: NodeInfo;
  readonly streams: readonly StreamInfo[];
  readonly subscriptions: readonly SubscriptionStatus[];
};

type Streams = Iterable<{ readonly info: StreamInfo; readonly subscriptions: readonly Subscription[] }>;

function subscriptionStatus(stream: number, subscription: Subscription): SubscriptionStatus {
  const { type, wildcard, names, sent, acknowledged, pending, refusal } = subscription;
  return {
    typeUrl: type.typeUrl,
    stream,
    wildcard,
    names: names.size,
    sent: sent?.version,
    acknowledged,
    pending,
    refusal,
  };
}

/** All clients that have said who they are. */
export function statusOf(streams: Streams): ClientStatus[] {
  const byId = new Map<
    string,
    { node: NodeInfo; streams: StreamInfo[]; subscriptions: SubscriptionStatus[] }
  >();
  for (const { info, subscriptions } of streams) {
    if (info.node === undefined) continue;
    let client = byId.get(info.node.id);
    if (client === undefined) {
      client = { node: info.node, streams: [], subscriptions: [] };
      byId.set(info.node.id, client);
    }
    client.streams.push(info);
    client.subscriptions.push(...subscriptions.map((each) => subscriptionStatus(info.id, each)));
  }
  return [...byId.values()];
}
