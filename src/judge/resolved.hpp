// What a check has from the resolvers: questions that the judges of resolvers ask of a finished check.
#pragma once

#include <optional>
#include <string>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// An event of the lookup itself, which names the resolver that it is about.
[[nodiscard]] bool is_from_resolver(What what);
/// The resolver behind such an event.
[[nodiscard]] std::optional<SocketAddress> resolver_of(const Event& event);
/// "10.0.0.53", or "10.0.0.53:5353" where it has an unusual port.
[[nodiscard]] std::string spell_resolver(const SocketAddress& resolver);

/// The attempt that the conclusion rests on; nullptr: there is none.
[[nodiscard]] const Attempt* telling_attempt(const CheckResult& result);
/// The check stands on what a resolver said, or did not say.
[[nodiscard]] bool rests_on_resolvers(const CheckResult& result);
/// Nothing was found out about the network: this host is at fault, or it was not tried.
[[nodiscard]] bool says_nothing(const CheckResult& result);

/// Adds a warning that is not there yet.
void warn_once(CheckResult& result, std::string warning);

}  // namespace fdnprobe::judge
