// What a TLS handshake showed: the terms of the session, and the certificates as they were sent.
#pragma once

#include "fdnprobe/evidence.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

void html_tls(Html& html, const TlsFacts& tls);

}  // namespace fdnprobe::report
