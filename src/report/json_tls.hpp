// What a TLS handshake showed, in JSON.
#pragma once

#include <string_view>

#include "fdnprobe/evidence.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

[[nodiscard]] std::string_view code_of(FortinetChain chain);
[[nodiscard]] Json json_tls(const TlsFacts& tls);

}  // namespace fdnprobe::report
