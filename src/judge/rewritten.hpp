// What a check is concluded to be once its name turns out to have been answered by somebody else.
#pragma once

#include <string>

#include "fdnprobe/check.hpp"
#include "fdnprobe/resolvers.hpp"

namespace fdnprobe::judge {

/// It answered as itself, so that its address is right, whoever gave it.
[[nodiscard]] bool verified(const Check& check, const Attempt& attempt);
/// The attempt that the conclusion rests on did.
[[nodiscard]] bool verified(const CheckResult& result);

/// Makes it `dns_rewritten`; what it was before becomes a warning.
void conclude_rewritten(CheckResult& result, Stage stage, Confidence confidence, Owner owner, std::string detail);

/// "203.0.113.9", "NXDOMAIN", "no address".
[[nodiscard]] std::string spell_answer(const DnsAnswer& answer);

}  // namespace fdnprobe::judge
