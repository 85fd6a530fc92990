// TLS alerts by number (RFC 8446, 6; RFC 5246, 7.2 and its extensions for the older ones).
#pragma once

#include <cstdint>
#include <string>

#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// "alert 40 (handshake_failure)".
[[nodiscard]] std::string alert_text(std::int32_t number);

/// Alerts that a server sends when it does not like, or misses, the client's certificate. Handshake failure (40) is
/// among them because TLS 1.2 has no better word for a missing one.
[[nodiscard]] bool is_about_client_certificate(std::int32_t number);

/// The alert that ended an attempt; nullptr when there is none. close_notify (0) is an orderly end, no complaint.
[[nodiscard]] const Event* find_alert(const Attempt& attempt);

}  // namespace fdnprobe::judge
