import type { ConfigSource, Discovery, ListenerPayload } from '../config/payload.ts';
import type { Entry } from '../config/resource_map.ts';
import type { ContextCertificates } from '../tls/certificates.ts';
import type { HostView } from '../upstream/endpoints.ts';

/** What the admin interface reads of the configuration (src/config/plane.ts), whatever it is compiled to. */

type VersionView<P> = {
  readonly name: string;
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly lastUpdated: number;
  readonly payload: P;
};

export type EntryView<P = unknown> = {
  readonly name: string;
  readonly source: Entry<unknown>['source'];
  readonly active?: VersionView<P> | undefined;
  readonly warming?: VersionView<P> | undefined;
  readonly draining: readonly VersionView<P>[];
  readonly error?: Entry<unknown>['error'];
};
export type { VersionView };

export interface TableView<P = unknown> {
  readonly versionInfo: string;
  entries(): Iterable<EntryView<P>>;
  get(name: string): EntryView<P> | undefined;
}

type ClusterView = { readonly discovery: Discovery; readonly statName: string };
type ListenerView = Pick<ListenerPayload<unknown>, 'routes' | 'scopes' | 'filters' | 'tls'>;

/** The scopes of a source. */
export type ScopesView = {
  readonly table: TableView;
  readonly lastUpdated: number;
  readonly changedVersion: string;
};

export interface PlaneView {
  /** The TLS contexts in use. */
  readonly tls: {
    active(): Iterable<{ readonly name: string }>;
    certificates(name: string): ContextCertificates | undefined;
  };
  readonly clusters: TableView<ClusterView>;
  readonly listeners: TableView<ListenerView>;
  readonly routes: { tables(): readonly TableView[] };
  readonly scopes: { of(source: ConfigSource): ScopesView | undefined };
  readonly extensions: { tables(): readonly TableView[] };
  readonly endpoints: { tables(): readonly TableView[] };
  readonly secrets: {
    tables(): readonly TableView[];
    wanted(): Iterable<readonly [name: string, counts: unknown, active: boolean]>;
  };
  readonly clusterManager: {
    active(): ReadonlyMap<
      string,
      { readonly version: VersionView<ClusterView>; readonly hosts: readonly HostView[] }
    >;
  };
  readonly listenerManager: {
    active(): ReadonlyMap<string, unknown>;
    addresses(name: string): readonly string[];
  };
}
