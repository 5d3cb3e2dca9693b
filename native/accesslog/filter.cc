#include "accesslog/format.h"
#include "accesslog/grpc_status.h"
#include "cel/evaluate.h"
#include "route/conditions.h"

namespace attache::accesslog {
namespace {

using tables::AccessLogFilter;
using tables::AccessLogFilterKind;
using tables::Comparison;

bool compare(Comparison op, uint64_t left, uint64_t right) {
  switch (op) {
    case Comparison::Equal:
      return left == right;
    case Comparison::GreaterOrEqual:
      return left >= right;
    case Comparison::LessOrEqual:
      return left <= right;
    case Comparison::NotEqual:
      return left != right;
  }
  return false;
}

bool grpcStatusPasses(const AccessLogFilter& filter, const LogInput& input) {
  // Without a status the call counts as Unknown, as in Envoy.
  int64_t status = 2;
  if (!findGrpcStatus(input, status)) status = 2;
  bool listed = status >= 0 && status < 64 && (filter.flags >> status & 1);
  return filter.exclude ? !listed : listed;
}

}  // namespace

bool passes(const AccessLogFilter& filter, const LogInput& input, uint64_t random) {
  switch (filter.kind) {
    case AccessLogFilterKind::StatusCode:
      return compare(filter.op, input.status, filter.value);
    case AccessLogFilterKind::Duration:
      return input.duration_us >= 0 &&
             compare(filter.op, static_cast<uint64_t>(input.duration_us) / 1000, filter.value);
    case AccessLogFilterKind::NotHealthCheck:
      return !input.health_check;
    case AccessLogFilterKind::ResponseFlag:
      return (input.flags & filter.flags) != 0;
    case AccessLogFilterKind::GrpcStatus:
      return grpcStatusPasses(filter, input);
    case AccessLogFilterKind::Header:
      return input.request != nullptr && filter.header &&
             route::headerMatches(*filter.header, *input.request);
    case AccessLogFilterKind::And:
      for (const AccessLogFilter& child : filter.children) {
        if (!passes(child, input, random)) return false;
      }
      return true;
    case AccessLogFilterKind::Or:
      for (const AccessLogFilter& child : filter.children) {
        if (passes(child, input, random)) return true;
      }
      return false;
    case AccessLogFilterKind::Cel:
      return filter.cel && cel::isTrue(*filter.cel, input);
  }
  return false;
}

}  // namespace attache::accesslog
