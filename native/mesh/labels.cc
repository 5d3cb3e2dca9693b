#include "mesh/labels.h"

namespace attache::mesh {

namespace {

using tables::IstioLabel;
using tables::IstioMetric;

constexpr std::string_view kLabelNames[] = {
    "reporter",
    "source_workload",
    "source_canonical_service",
    "source_canonical_revision",
    "source_workload_namespace",
    "source_principal",
    "source_app",
    "source_version",
    "source_cluster",
    "destination_workload",
    "destination_workload_namespace",
    "destination_principal",
    "destination_app",
    "destination_version",
    "destination_service",
    "destination_canonical_service",
    "destination_canonical_revision",
    "destination_service_name",
    "destination_service_namespace",
    "destination_cluster",
    "request_protocol",
    "response_code",
    "grpc_response_status",
    "response_flags",
    "connection_security_policy",
};
static_assert(sizeof kLabelNames / sizeof kLabelNames[0] == kLabels);

constexpr std::string_view kMetricNames[] = {
    "istio_requests_total",
    "istio_request_duration_milliseconds",
    "istio_request_bytes",
    "istio_response_bytes",
    "istio_request_messages_total",
    "istio_response_messages_total",
    "istio_tcp_connections_opened_total",
    "istio_tcp_connections_closed_total",
    "istio_tcp_sent_bytes_total",
    "istio_tcp_received_bytes_total",
};
static_assert(sizeof kMetricNames / sizeof kMetricNames[0] == kMetrics);

const tables::IstioMetricOverride* overrideOf(const tables::IstioStats& config,
                                              IstioMetric metric) {
  for (const tables::IstioMetricOverride& each : config.metrics) {
    if (each.metric == metric) return &each;
  }
  return nullptr;
}

const tables::IstioReplacedLabel* replacedBy(const tables::IstioMetricOverride* own,
                                             IstioLabel label) {
  if (!own) return nullptr;
  for (const tables::IstioReplacedLabel& each : own->replaced) {
    if (each.label == label) return &each;
  }
  return nullptr;
}

void append(std::string& name, std::string_view label, std::string_view value) {
  name.push_back('\0');
  name.append(label);
  name.push_back('\0');
  for (char c : value) name.push_back(c == '\0' ? '_' : c);
}

}  // namespace

std::string_view labelName(IstioLabel label) {
  return kLabelNames[static_cast<size_t>(label)];
}

std::string_view metricName(IstioMetric metric) {
  return kMetricNames[static_cast<size_t>(metric)];
}

std::string seriesName(const tables::IstioStats& config, IstioMetric metric, const Labels& labels,
                       std::span<const std::string_view> expressions) {
  const tables::IstioMetricOverride* own = overrideOf(config, metric);
  if (own && own->dropped) return {};
  auto valueOf = [&](uint16_t expression) {
    return expression < expressions.size() ? expressions[expression] : std::string_view();
  };
  std::string name(metricName(metric));
  for (size_t i = 0; i < kLabels; i++) {
    auto label = static_cast<IstioLabel>(i);
    if (!labels.told(label)) continue;
    const tables::IstioReplacedLabel* replaced = replacedBy(own, label);
    if (replaced && replaced->removed) continue;
    append(name, kLabelNames[i], replaced ? valueOf(replaced->expression) : labels[label]);
  }
  if (!own) return name;
  for (const tables::IstioAddedLabel& added : own->added)
    append(name, added.name.view(), valueOf(added.expression));
  return name;
}

}  // namespace attache::mesh
