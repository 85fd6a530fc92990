// What was looked at once more, in lines for people: the way of an attempt's packets hop by hop, the attempt again with
// one thing changed, and what each resolver said. To be given to a Page, which escapes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/resolvers.hpp"

namespace fdnprobe::report {

/// One hop of a path, and what its packets brought.
struct HopLine {
    std::int32_t hop = 0;
    std::string answers;  ///< "10.0.0.1 1.2 ms", "silence (3 tries)"
    std::string control;  ///< what the control met there, where that is something else; empty otherwise
};
/// In the order of the hops.
[[nodiscard]] std::vector<HopLine> hop_lines(const PathFacts& path);

/// "control TCP/443 of the same host", "no control".
[[nodiscard]] std::string control_words(const PathFacts& path);

/// What was tried once more with one thing changed: a line for each.
[[nodiscard]] std::vector<std::string> comparison_lines(const Attempt& attempt);

/// The path first, then a line for each comparison; empty where nothing was looked at again.
[[nodiscard]] std::vector<std::string> looked_again(const Attempt& attempt);

/// A line for each question.
[[nodiscard]] std::vector<std::string> resolver_lines(const ResolverFacts& facts);

}  // namespace fdnprobe::report
