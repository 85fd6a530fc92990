// What the name system said in a check: to the resolver's questions, or, where the check is a question itself (`dns`,
// `dot`), in the answer that the tested server gave.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"

namespace fdnprobe::report {

struct DnsFacts {
    std::vector<std::string> answers;  ///< addresses and names, each once
    std::string rcode;                 ///< empty: no answer came
};

/// Nothing when the check asked nobody.
[[nodiscard]] std::optional<DnsFacts> dns_facts(const CheckResult& result);

}  // namespace fdnprobe::report
