// Saying where on the way something was seen, in sentences and in a finding's `where`.
#pragma once

#include <optional>
#include <string>

#include "fdnprobe/path.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::judge {

/// "hop 2 (10.0.2.2)".
[[nodiscard]] std::string spell_hop(int hop, const std::optional<Address>& device);

/// The finding's `where`, made if there is none.
[[nodiscard]] Where& place_of(Finding& finding);
void put_at(Finding& finding, int hop, const std::optional<Address>& device);

void add_detail(Finding& finding, const std::string& more);

/// What the control flow is, for people.
[[nodiscard]] std::string name_of_control(const PathFacts& facts);

}  // namespace fdnprobe::judge
