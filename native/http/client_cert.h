// x-forwarded-client-cert: what the upstream is told about the certificate of the client.
#pragma once

namespace attache::http {

class Stream;

// Removes, keeps or sets the header as forward_client_cert_details says.
void forwardClientCert(Stream& stream);

}  // namespace attache::http
