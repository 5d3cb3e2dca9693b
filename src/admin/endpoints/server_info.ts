import type { Options } from '../../flags.ts';
import { HOT_RESTART_VERSION } from '../../hot_restart/version.ts';
import { ENVOY_VERSION, VERSION_STRING } from '../../version.ts';
import { nodeJson } from '../dump/node.ts';
import { type Handler, json } from '../reply.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** envoy.admin.v3.CommandLineOptions, all of its fields. */
function commandLine(options: Options, concurrency: number): object {
  const { hotRestart } = options;
  const given = (name: string): boolean => options.given.get(name) === true;
  return {
    base_id: String(options.baseId),
    concurrency,
    config_path: options.configPath,
    config_yaml: options.configYaml,
    allow_unknown_static_fields: options.allowUnknownStaticFields,
    admin_address_path: options.adminAddressPath,
    local_address_ip_version: options.localAddressIpVersion,
    log_level: options.logLevel,
    component_log_level: options.componentLogLevel,
    log_format: options.logFormat,
    log_path: options.logPath,
    service_cluster: options.serviceCluster,
    service_node: options.serviceNode,
    service_zone: options.serviceZone,
    file_flush_interval: `${options.fileFlushIntervalMsec / 1000}s`,
    drain_time: `${options.drainTimeS}s`,
    parent_shutdown_time: `${options.parentShutdownTimeS}s`,
    mode: capital(options.mode),
    disable_hot_restart: hotRestart === undefined,
    enable_mutex_tracing: false,
    restart_epoch: hotRestart?.epoch ?? 0,
    cpuset_threads: given('cpuset-threads'),
    reject_unknown_dynamic_fields: options.rejectUnknownDynamicFields,
    log_format_escaped: options.logFormatEscaped,
    disabled_extensions: [],
    ignore_unknown_dynamic_fields: options.ignoreUnknownDynamicFields,
    use_dynamic_base_id: given('use-dynamic-base-id'),
    base_id_path: options.baseIdPath,
    drain_strategy: capital(options.drainStrategy),
    enable_fine_grain_logging: false,
    socket_path: hotRestart?.socketPath ?? '@envoy_domain_socket',
    socket_mode: options.given.has('socket-mode') ? (hotRestart?.socketMode ?? 0) : 0,
    enable_core_dump: given('enable-core-dump'),
    stats_tag: [...options.statsTags].map(([name, value]) => `${name}:${value}`),
    skip_hot_restart_on_no_parent: given('skip-hot-restart-on-no-parent'),
    skip_hot_restart_parent_stats: given('skip-hot-restart-parent-stats'),
    skip_deprecated_logs: options.skipDeprecatedLogs,
    // Whatever was given: Envoy never fills it in.
    file_flush_min_size: 0,
    log_stacktrace_single_entry: false,
  };
}

export const handle: Handler = (context) => {
  const uptime = (since: number): string => `${Math.floor((Date.now() - since) / 1000)}s`;
  const { state, healthcheckFailed } = context;
  return json({
    version: VERSION_STRING,
    state: state === 'LIVE' && healthcheckFailed ? 'DRAINING' : state,
    uptime_current_epoch: uptime(context.startTime),
    uptime_all_epochs: uptime(context.firstStart),
    hot_restart_version: context.hotRestart ? HOT_RESTART_VERSION : 'disabled',
    command_line_options: commandLine(context.options, context.concurrency),
    node: {
      id: '',
      cluster: '',
      ...nodeJson(context),
      user_agent_name: 'envoy',
      user_agent_build_version: buildVersion(),
      extensions: [],
      client_features: [],
      listening_addresses: [],
      dynamic_parameters: {},
    },
    hot_restart_initializing: false,
  });
};

function buildVersion(): object {
  const [major_number, minor_number, patch] = ENVOY_VERSION.split('.').map(Number);
  const [sha = '', , status = '', type = '', tls = ''] = VERSION_STRING.split('/');
  return {
    version: { major_number, minor_number, patch },
    metadata: {
      'revision.sha': sha,
      'build.type': type,
      'revision.status': status,
      'ssl.version': tls,
    },
  };
}
