// Did TLS come about? What the far end did with the ClientHello.
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// Asked after the certificate, if one was seen, has been found good: `client-certificate-required` says that the
/// far end identified itself.
[[nodiscard]] std::optional<Finding> judge_handshake(const Check& check, const Attempt& attempt);

/// Whether the far end asked for a client certificate.
[[nodiscard]] bool wants_client_certificate(const Attempt& attempt);

}  // namespace fdnprobe::judge
