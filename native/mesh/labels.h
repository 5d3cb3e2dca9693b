// What Istio's metrics and their labels are called, and the names of series.
// https://istio.io/latest/docs/reference/config/metrics/
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tables/generated/layout.h"

namespace attache::mesh {

constexpr size_t kLabels = static_cast<size_t>(tables::IstioLabel::ConnectionSecurityPolicy) + 1;
constexpr size_t kMetrics = static_cast<size_t>(tables::IstioMetric::TcpReceivedBytes) + 1;

std::string_view labelName(tables::IstioLabel label);
// "istio_requests_total"
std::string_view metricName(tables::IstioMetric metric);

// The labels of one request or connection; those that it has none of are not told.
class Labels {
 public:
  void set(tables::IstioLabel label, std::string_view value) {
    values_[static_cast<size_t>(label)] = value;
    told_ |= 1u << static_cast<unsigned>(label);
  }
  bool told(tables::IstioLabel label) const { return told_ >> static_cast<unsigned>(label) & 1; }
  std::string_view operator[](tables::IstioLabel label) const {
    return values_[static_cast<size_t>(label)];
  }

 private:
  std::string_view values_[kLabels];
  uint32_t told_ = 0;
};

// The name of a series for NamedBlocks: that of the metric, then names and values of its labels,
// each behind a NUL. Empty: the configuration drops the metric. `expressions` are the values of
// those of the configuration.
std::string seriesName(const tables::IstioStats& config, tables::IstioMetric metric,
                       const Labels& labels, std::span<const std::string_view> expressions);

}  // namespace attache::mesh
