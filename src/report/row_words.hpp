// What every report for people says of a row: which of its checks fail, who answered soonest, and who has to act.
#pragma once

#include <string>

#include "fdnprobe/report.hpp"
#include "report/alike.hpp"

namespace fdnprobe::report {

/// The checks of a row. What was skipped is in none but `all`.
struct RowResults {
    Results all;
    Results failing;
    Results notices;  ///< of level `notice`, and not reachable
    Results working;
};
[[nodiscard]] RowResults results_of(const Report& report, const RowResult& row);

/// Who answered first, and how soon: proof that it works, and a hint when it is slow. Empty: nobody did.
[[nodiscard]] std::string fastest(const Results& results);

/// "To do (network): ", "To do: ".
[[nodiscard]] std::string to_do(Owner owner);

/// The number by which lines refer to a reason: "[1]".
[[nodiscard]] std::string reason_number(std::size_t index);

/// "attempt at 192.0.2.1:443 through the proxy at 10.0.0.8:3128".
[[nodiscard]] std::string attempt_words(const Attempt& attempt);

}  // namespace fdnprobe::report
