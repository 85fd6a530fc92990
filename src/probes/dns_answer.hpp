// What a DNS server's answer comes to, whichever way it came.
#pragma once

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::probes {

/// One framed answer on a stream (TCP, TLS).
[[nodiscard]] Finding judge_dns_stream(const Check& check, const Attempt& attempt);

/// Datagrams, of which any number may have come, from anybody.
[[nodiscard]] Finding judge_dns_datagrams(const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::probes
