import type { Message } from '../api/message.ts';
import type { AuthoritySettings } from './authorities.ts';
import type {
  ClusterPayload,
  ConfigSource,
  ExtensionUse,
  ListenerPayload,
  ServerSettings,
} from './payload.ts';
import type { PeerMetadata } from './peer_metadata.ts';
import type { Resource } from './resource_map.ts';
import type { ResolverSettings } from '../upstream/dns_resolvers.ts';
import type { ConnectionLimits, RuntimeView } from './runtime.ts';
import type { Failure, LoadedFile } from './subscription.ts';

/** What to do with a field that the API does not know. */
export type UnknownFields = 'reject' | 'warn' | 'ignore';

/** Where a configuration comes from. */
export type ConfigInput = {
  /** A path, `-` for standard input, empty for none. */
  readonly path: string;
  /** The whole content instead of a file: of a library user, or of standard input. */
  readonly text?: string;
  /** --config-yaml: merged over the file. */
  readonly yaml: string;
};

/** Everything that decides how a file is read. */
export type LoadOptions = {
  readonly unknownStatic: UnknownFields;
  readonly unknownDynamic: UnknownFields;
  readonly skipDeprecated: boolean;
  readonly serviceCluster: string;
  readonly serviceNode: string;
  readonly serviceZone: string;
  /** Of the bootstrap, for listeners that are discovered: how many connections each may have. */
  readonly listenerLimits?: ConnectionLimits['listeners'] | undefined;
  /** Of the bootstrap: what sockets to hosts are bound to (envoy.config.core.v3.BindConfig). */
  readonly bind?: Message | undefined;
  /** Of the bootstrap: its secrets (envoy.extensions.transport_sockets.tls.v3.Secret). */
  readonly secrets?: readonly Message[] | undefined;
  /** How the stream of all types is spoken, if the bootstrap has one. */
  readonly ads?: ServerSettings['kind'] | undefined;
  /** Where the resources come from, for those that refer to it as `self`. */
  readonly origin?: ConfigSource | undefined;
};

/** Where the admin listener goes. */
export type AdminSettings = {
  readonly address:
    | { readonly host: string; readonly port: number }
    | { readonly pipe: string; readonly mode: number };
  /** Absent: nothing is written. */
  readonly accessLogPath?: string;
};

/** What the primary needs of the bootstrap; the rest of it is in the bytes. */
export type BootstrapSettings = AuthoritySettings & {
  readonly node: { readonly id: string; readonly cluster: string; readonly zone: string };
  readonly admin?: AdminSettings;
  /** The stream of all types. */
  readonly ads?: ServerSettings;
  readonly cds?: ConfigSource;
  readonly lds?: ConfigSource;
  /** The node as management servers are told of it (envoy.config.core.v3.Node on the wire). */
  readonly nodeMessage?: Uint8Array;
  readonly statsFlushIntervalMs: number;
  readonly connectionLimits?: ConnectionLimits;
  /** As LoadOptions has them. */
  readonly secrets?: readonly Message[];
  /** How clusters look names up that do not say. */
  readonly resolver?: ResolverSettings;
  /** cluster_manager.load_stats_config */
  readonly loadStats?: ServerSettings;
  /** cluster_manager.upstream_bind_config */
  readonly bind?: Message;
  /** Of the node; set beside its message. */
  readonly peerMetadata?: PeerMetadata;
  /** The layers of the runtime, in their order. */
  readonly runtime?: readonly RuntimeView[];
  /** Extra settings for the statistics registry, as a message of envoy.config.metrics.v3.StatsConfig. */
  readonly statsConfig?: unknown;
};

/** A finding as it is shown: `text` has the line, the caret and the hint; `json` is for machines. */
export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly text: string;
  readonly json: unknown;
};

export type LoadedBootstrap<C> = {
  readonly findings: readonly Finding[];
  /** Fields that were not known and let pass. */
  readonly unknownFields?: number;
  /** Absent when there are errors. */
  readonly result?: {
    readonly bytes: Uint8Array;
    readonly settings: BootstrapSettings;
    readonly clusters: readonly Resource<ClusterPayload<C>>[];
    readonly listeners: readonly Resource<ListenerPayload<C>>[];
  };
};

/** A resource on the wire, without its Any. */
export type RawResource = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of the configuration of an extension. */
  readonly use?: ExtensionUse;
};

/** What resources became; a name is in one of both lists. */
export type LoadedResources<P = unknown> = {
  readonly resources: readonly Resource<P>[];
  readonly failures: readonly (Failure & { readonly name: string })[];
  readonly warnings: readonly string[];
  readonly unknownFields: number;
};

/** A response of REST. */
export type LoadedResponse =
  | {
      readonly kind: 'ok';
      readonly version: string;
      readonly nonce: string;
      readonly typeUrl: string;
      readonly resources: readonly (RawResource & { readonly typeUrl: string })[];
    }
  | { readonly kind: 'bad'; readonly details: string };

/** A discovery file: what is applied or refused, and what is worth a line in the log. */
export type LoadedDiscovery = {
  readonly file: LoadedFile<unknown>;
  readonly warnings: readonly string[];
  readonly unknownFields: number;
};

export type ConfigRequest =
  | { readonly kind: 'bootstrap'; readonly input: ConfigInput; readonly options: LoadOptions }
  | {
      readonly kind: 'discovery';
      readonly typeUrl: string;
      readonly path: string;
      readonly options: LoadOptions;
    }
  | {
      readonly kind: 'resources';
      readonly typeUrl: string;
      readonly resources: readonly RawResource[];
      readonly options: LoadOptions;
    }
  | { readonly kind: 'response'; readonly text: string; readonly options: LoadOptions };

export type ConfigCall = { readonly id: number; readonly request: ConfigRequest };
export type ConfigAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
