// What was looked at once more, in lines for people: the way of an attempt's packets hop by hop, the attempt again with
// one thing changed, and what each resolver said. To be given to a Page, which escapes them.
#pragma once

#include <string>
#include <vector>

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/resolvers.hpp"

namespace fdnprobe::report {

/// The path first, then a line for each comparison; empty where nothing was looked at again.
[[nodiscard]] std::vector<std::string> looked_again(const Attempt& attempt);

/// A line for each question.
[[nodiscard]] std::vector<std::string> resolver_lines(const ResolverFacts& facts);

}  // namespace fdnprobe::report
