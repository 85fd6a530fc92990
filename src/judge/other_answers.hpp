// One name, different answers: to one question, or from different resolvers. Which of them was made up is told by where
// they lead.
#pragma once

#include <optional>
#include <vector>

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// The address that the check's outcome rests on, with the resolver that gave it.
struct Used {
    Address address;
    SocketAddress resolver;
};
[[nodiscard]] std::optional<Used> used_address(const CheckResult& result);

/// It ended as a check ends whose name was answered with somebody else's address.
[[nodiscard]] bool may_be_led_astray(const CheckResult& result);

/// Addresses that a resolver has given the check's name, in an answer that contradicts the one that the check went by:
/// whether the service is there tells which of the two was made up. One for each such answer, at most two.
[[nodiscard]] std::vector<Address> other_addresses(const CheckResult& result, const ResolverFacts& facts);

/// More than one answer to one question: somebody on the way was faster than the resolver.
void relate_second_answers(Report& report);

/// Resolvers may honestly differ, since many services answer with what is near to whoever asks. It is an answer that
/// leads somewhere else, beside one that leads to the service, that was made up.
void relate_different_resolvers(Report& report);

}  // namespace fdnprobe::judge
