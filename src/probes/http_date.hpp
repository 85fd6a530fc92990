// Asks a web server, inside TLS, for nothing but the time (RFC 9110, 6.6.1): a witness where a certificate and this
// host's clock disagree. Tables do not name it; the engine asks when a certificate is out of date.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

/// An answer with a time in it is `answered`.
extern const Probe http_date;

}  // namespace fdnprobe::probes
