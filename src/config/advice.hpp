// Advice that a table gives for its product: sentences and commands, by what a check came to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "fdnprobe/device.hpp"

namespace fdnprobe::config {

/// The [[advice_block]]s of a table by their id: advice that several places share. One id may have several blocks, for
/// different releases.
using AdviceBlocks = std::map<std::string, std::vector<ProductAdvice>, std::less<>>;

[[nodiscard]] AdviceBlocks read_advice_blocks(Section& top);

/// The `advice` of a table, a row or a check: sentences, tables or references to blocks, by the code of a cause or a
/// verdict.
[[nodiscard]] AdviceByCode read_advice(Section& section, const AdviceBlocks& blocks);

}  // namespace fdnprobe::config
