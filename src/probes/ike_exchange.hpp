// What the probes of UDP/500 and UDP/4500 have in common: an offer in IKEv2, then one in IKEv1, and what is made of the
// answers. They differ in four zero bytes.
#pragma once

#include <memory>
#include <string_view>

#include "probes/probe.hpp"

namespace fdnprobe::probes {

/// `marker` stands before each message, in both directions; empty: none does.
[[nodiscard]] std::unique_ptr<Dialogue> offer_ike(const Occasion& occasion, std::string_view marker);

[[nodiscard]] Finding judge_ike(const Attempt& attempt, std::string_view marker);

}  // namespace fdnprobe::probes
