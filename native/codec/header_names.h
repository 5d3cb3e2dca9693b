// The well-known header names: one line each makes the id, the name and the lookup.
#pragma once

#include <cstddef>
#include <cstdint>

namespace attache {

// clang-format off
#define ATTACHE_HEADER_NAMES(X)                                                     \
  /* pseudo-header fields, RFC 9113 section 8.3 and RFC 8441; keep them first */    \
  X(Method, ":method")                                                              \
  X(Path, ":path")                                                                  \
  X(Authority, ":authority")                                                        \
  X(Scheme, ":scheme")                                                              \
  X(Status, ":status")                                                              \
  X(Protocol, ":protocol")                                                          \
  /* framing and connection management */                                           \
  X(Host, "host")                                                                   \
  X(ContentLength, "content-length")                                                \
  X(TransferEncoding, "transfer-encoding")                                          \
  X(Connection, "connection")                                                       \
  X(KeepAlive, "keep-alive")                                                        \
  X(ProxyConnection, "proxy-connection")                                            \
  X(Upgrade, "upgrade")                                                             \
  X(Http2Settings, "http2-settings")                                                \
  X(Te, "te")                                                                       \
  X(Trailer, "trailer")                                                             \
  X(Expect, "expect")                                                               \
  /* RFC 9110 and friends */                                                        \
  X(Date, "date")                                                                   \
  X(Server, "server")                                                               \
  X(Via, "via")                                                                     \
  X(UserAgent, "user-agent")                                                        \
  X(Accept, "accept")                                                               \
  X(AcceptEncoding, "accept-encoding")                                              \
  X(AcceptLanguage, "accept-language")                                              \
  X(AcceptRanges, "accept-ranges")                                                  \
  X(ContentType, "content-type")                                                    \
  X(ContentEncoding, "content-encoding")                                            \
  X(Cookie, "cookie")                                                               \
  X(SetCookie, "set-cookie")                                                        \
  X(Location, "location")                                                           \
  X(Referer, "referer")                                                             \
  X(Origin, "origin")                                                               \
  X(Authorization, "authorization")                                                 \
  X(ProxyAuthorization, "proxy-authorization")                                      \
  X(ProxyAuthenticate, "proxy-authenticate")                                        \
  X(ProxyStatus, "proxy-status")                                                    \
  X(WwwAuthenticate, "www-authenticate")                                            \
  X(CacheControl, "cache-control")                                                  \
  X(Pragma, "pragma")                                                               \
  X(Etag, "etag")                                                                   \
  X(LastModified, "last-modified")                                                  \
  X(IfMatch, "if-match")                                                            \
  X(IfNoneMatch, "if-none-match")                                                   \
  X(IfModifiedSince, "if-modified-since")                                           \
  X(Expires, "expires")                                                             \
  X(Vary, "vary")                                                                   \
  X(Range, "range")                                                                 \
  X(Age, "age")                                                                     \
  X(RetryAfter, "retry-after")                                                      \
  X(AltSvc, "alt-svc")                                                              \
  X(AccessControlRequestMethod, "access-control-request-method")                    \
  X(AccessControlRequestHeaders, "access-control-request-headers")                  \
  X(AccessControlRequestPrivateNetwork, "access-control-request-private-network")   \
  X(AccessControlAllowOrigin, "access-control-allow-origin")                        \
  X(AccessControlAllowMethods, "access-control-allow-methods")                      \
  X(AccessControlAllowHeaders, "access-control-allow-headers")                      \
  X(AccessControlAllowCredentials, "access-control-allow-credentials")              \
  X(AccessControlAllowPrivateNetwork, "access-control-allow-private-network")       \
  X(AccessControlExposeHeaders, "access-control-expose-headers")                    \
  X(AccessControlMaxAge, "access-control-max-age")                                  \
  X(UpgradeInsecureRequests, "upgrade-insecure-requests")                           \
  X(SecFetchDest, "sec-fetch-dest")                                                 \
  X(SecFetchMode, "sec-fetch-mode")                                                 \
  X(SecFetchSite, "sec-fetch-site")                                                 \
  X(SecFetchUser, "sec-fetch-user")                                                 \
  /* proxies */                                                                     \
  X(XForwardedFor, "x-forwarded-for")                                               \
  X(XForwardedProto, "x-forwarded-proto")                                           \
  X(XForwardedHost, "x-forwarded-host")                                             \
  X(XForwardedPort, "x-forwarded-port")                                             \
  X(XForwardedClientCert, "x-forwarded-client-cert")                                \
  X(XRealIp, "x-real-ip")                                                           \
  X(XRequestId, "x-request-id")                                                     \
  X(XClientTraceId, "x-client-trace-id")                                            \
  /* Envoy's own */                                                                 \
  X(XEnvoyInternal, "x-envoy-internal")                                             \
  X(XEnvoyExternalAddress, "x-envoy-external-address")                              \
  X(XEnvoyExpectedRqTimeoutMs, "x-envoy-expected-rq-timeout-ms")                    \
  X(XEnvoyUpstreamRqTimeoutMs, "x-envoy-upstream-rq-timeout-ms")                    \
  X(XEnvoyUpstreamRqPerTryTimeoutMs, "x-envoy-upstream-rq-per-try-timeout-ms")      \
  X(XEnvoyUpstreamRqTimeoutAltResponse, "x-envoy-upstream-rq-timeout-alt-response") \
  X(XEnvoyUpstreamStreamDurationMs, "x-envoy-upstream-stream-duration-ms")          \
  X(XEnvoyUpstreamServiceTime, "x-envoy-upstream-service-time")                     \
  X(XEnvoyUpstreamAltStatName, "x-envoy-upstream-alt-stat-name")                    \
  X(XEnvoyUpstreamCanary, "x-envoy-upstream-canary")                                \
  X(XEnvoyUpstreamHealthcheckedCluster, "x-envoy-upstream-healthchecked-cluster")   \
  X(XEnvoyAttemptCount, "x-envoy-attempt-count")                                    \
  X(XEnvoyIsTimeoutRetry, "x-envoy-is-timeout-retry")                               \
  X(XEnvoyRetryOn, "x-envoy-retry-on")                                              \
  X(XEnvoyRetryGrpcOn, "x-envoy-retry-grpc-on")                                     \
  X(XEnvoyMaxRetries, "x-envoy-max-retries")                                        \
  X(XEnvoyRetriableStatusCodes, "x-envoy-retriable-status-codes")                   \
  X(XEnvoyRetriableHeaderNames, "x-envoy-retriable-header-names")                   \
  X(XEnvoyHedgeOnPerTryTimeout, "x-envoy-hedge-on-per-try-timeout")                 \
  X(XEnvoyOriginalPath, "x-envoy-original-path")                                    \
  X(XEnvoyOriginalHost, "x-envoy-original-host")                                    \
  X(XEnvoyOriginalUrl, "x-envoy-original-url")                                      \
  X(XEnvoyOriginalDstHost, "x-envoy-original-dst-host")                             \
  X(XEnvoyOverloaded, "x-envoy-overloaded")                                         \
  X(XEnvoyLocalOverloaded, "x-envoy-local-overloaded")                              \
  X(XEnvoyDegraded, "x-envoy-degraded")                                             \
  X(XEnvoyDecoratorOperation, "x-envoy-decorator-operation")                        \
  X(XEnvoyForceTrace, "x-envoy-force-trace")                                        \
  X(XEnvoyDownstreamServiceCluster, "x-envoy-downstream-service-cluster")           \
  X(XEnvoyDownstreamServiceNode, "x-envoy-downstream-service-node")                 \
  X(XEnvoyRatelimited, "x-envoy-ratelimited")                                       \
  X(XEnvoyImmediateHealthCheckFail, "x-envoy-immediate-health-check-fail")          \
  X(XEnvoyIpTags, "x-envoy-ip-tags")                                                \
  /* gRPC */                                                                        \
  X(GrpcStatus, "grpc-status")                                                      \
  X(GrpcMessage, "grpc-message")                                                    \
  X(GrpcTimeout, "grpc-timeout")                                                    \
  X(GrpcEncoding, "grpc-encoding")                                                  \
  X(GrpcAcceptEncoding, "grpc-accept-encoding")                                     \
  X(GrpcStatusDetailsBin, "grpc-status-details-bin")                                \
  /* tracing */                                                                     \
  X(Traceparent, "traceparent")                                                     \
  X(Tracestate, "tracestate")                                                       \
  X(B3, "b3")                                                                       \
  X(XB3TraceId, "x-b3-traceid")                                                     \
  X(XB3SpanId, "x-b3-spanid")                                                       \
  X(XB3ParentSpanId, "x-b3-parentspanid")                                           \
  X(XB3Sampled, "x-b3-sampled")                                                     \
  X(XB3Flags, "x-b3-flags")                                                         \
  X(XOtSpanContext, "x-ot-span-context")
// clang-format on

enum class HeaderId : uint8_t {
  Unknown = 0,
#define ATTACHE_X(id, name) id,
  ATTACHE_HEADER_NAMES(ATTACHE_X)
#undef ATTACHE_X
      kCount
};

inline constexpr size_t kHeaderIdCount = static_cast<size_t>(HeaderId::kCount);
// HeaderMap keeps presence in two 64-bit words.
static_assert(kHeaderIdCount <= 128);

}  // namespace attache
