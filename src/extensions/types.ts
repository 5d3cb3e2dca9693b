import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { SupportRegistry } from '../api/support.ts';
import type { ExtensionInput, ProxyHeaderInput } from '../tables/generated/layout.ts';
import type { RouteContext } from '../tables/route_context.ts';
import type { TlsContexts } from '../tls/contexts.ts';
import type { PartContext, Parts } from '../tls/data_source.ts';

/** What the compilation of an extension may need of its surroundings. */
export type ExtensionContext = Omit<RouteContext, 'path' | 'find'> & {
  readonly diagnostics: Diagnostics;
  readonly path: Path;
  /** The statistics prefix of the listener around it: `0.0.0.0_80`. */
  readonly listenerStat: string;
  /** The traffic_direction of the listener (envoy.config.core.v3.TrafficDirection); absent: it is not known. */
  readonly direction?: number;
  /** The statistics prefix of the connection manager around it: `http.<stat_prefix>.` */
  readonly httpStat?: string;
  /** The secrets of the bootstrap (envoy.extensions.transport_sockets.tls.v3.Secret). */
  readonly secrets?: readonly Message[] | undefined;
  /** Takes up the TLS contexts of the resource. */
  readonly tls: TlsContexts;
  /** HTTP, network and listener filters by the type of their configuration. */
  readonly find: (type: string, category?: string) => Extension | undefined;
  /** Names of the filters of a category that may end a chain. */
  readonly terminal: (category: string) => readonly string[];
  /** The listener filter that a flag of a listener stands for. */
  readonly implied: (field: string) => Extension | undefined;
};

/** The config half of an extension; its runtime half has the same name in native/extensions/. */
export type Extension = {
  readonly name: string;
  /** `envoy.filters.http`, `envoy.filters.network`, `envoy.filters.listener`. */
  readonly category: string;
  /** The message of its typed_config. */
  readonly type: string;
  readonly aliases?: readonly string[];
  /** Ends a chain: nothing may follow, and the chain needs one. */
  readonly terminal?: boolean;
  /** A flag of a listener that puts this listener filter, as it is without configuration, behind the others. */
  readonly impliedBy?: string;
  /** Declares the fields that work. */
  readonly declare: (registry: SupportRegistry) => void;
  /** The extension's record struct; undefined after reporting what is wrong. */
  readonly compile: (config: Message, context: ExtensionContext) => ExtensionInput | undefined;
  /** What routes may set of it (typed_per_filter_config): another message, to the same struct. */
  readonly perRoute?: {
    readonly type: string;
    readonly compile: (config: Message, context: RouteContext) => ExtensionInput | undefined;
  };
};

/** The config half of a transport socket. */
export type TransportSocket = {
  readonly name: string;
  readonly category: 'envoy.transport_sockets.downstream' | 'envoy.transport_sockets.upstream';
  /** The message of its typed_config. */
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly declare: (registry: SupportRegistry) => void;
  /** What the TLS context is made of; absent: plain bytes. */
  readonly parts?: (config: Message, path: Path, context: PartContext) => Parts;
  /** Of one around another: that one and its field, and what goes in front of it. */
  readonly wrap?: (config: Message) => {
    readonly inner: Message | undefined;
    readonly field: string;
    readonly header: ProxyHeaderInput;
  };
};

/** The config half of a network filter at connections to hosts (Cluster.filters). */
export type UpstreamFilter = {
  readonly name: string;
  readonly category: 'envoy.filters.upstream_network';
  /** The message of its typed_config. */
  readonly type: string;
  readonly aliases?: readonly string[];
  /** Declares the fields that work; absent: a filter of another category has done so. */
  readonly declare?: (registry: SupportRegistry) => void;
  /** The extension's record struct; `cluster`: how statistics call it. */
  readonly compile: (config: Message, cluster: string) => ExtensionInput;
};
