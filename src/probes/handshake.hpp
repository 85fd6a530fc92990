// A TLS handshake and nothing inside it, and how it is told: what the far end is called, and who says so.
#pragma once

#include <memory>
#include <string>

#include "fdnprobe/evidence.hpp"
#include "probes/probe.hpp"

namespace fdnprobe::probes {

[[nodiscard]] std::unique_ptr<Dialogue> shake_hands();

/// "TLSv1.3, 'www.example.com' signed by 'Example CA'"; less where less was seen.
[[nodiscard]] std::string handshake_text(const Attempt& attempt);

/// The same for an appliance: "TLSv1.3, serial number FAZ-VM0000000001 signed by 'support'". Fortinet's devices have
/// certificates in the name of their serial number.
[[nodiscard]] std::string device_text(const Attempt& attempt);

}  // namespace fdnprobe::probes
