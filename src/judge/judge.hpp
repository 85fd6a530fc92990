// From evidence to verdict. Everything here is a pure function of a check and its attempts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::judge {

/// What one attempt shows. First the shared judges (was this host able, did the name resolve, did the path carry it,
/// did TLS hold, whose certificate was it), then, if nothing was wrong, the probe's own.
[[nodiscard]] Finding judge_attempt(const Check& check, const Attempt& attempt);

/// What all attempts of a check come to: the best of them, with a warning for each address that fares worse.
/// Fills in each attempt's `finding`.
[[nodiscard]] Conclusion conclude(const Check& check, std::span<Attempt> attempts);

/// For a check that was not tried (`check.skip`), and for one that the end of the run came before.
[[nodiscard]] Conclusion conclude_skipped(const Check& check);
[[nodiscard]] Conclusion conclude_interrupted(const Check& check);

/// What the checks of a row come to.
[[nodiscard]] State roll_up(const Row& row, std::span<const CheckResult* const> checks);

/// Makes notices of the choices that fail beside one that works, and needs of the others. To be done again where
/// conclusions have changed.
void settle_choices(Report& report);

/// Which of them the row has its state from: what it fails for, or what spoils it; of several the worst, then the
/// surest, then the first. nullptr: none was tried.
[[nodiscard]] const CheckResult* deciding_check(const Row& row, std::span<const CheckResult* const> checks);

/// 0, 1 or 3, as the contract of `fdnprobe check` has it; `accepted` states count as good.
[[nodiscard]] int exit_code(const Report& report, std::span<const State> accepted);

/// What a Nagios or Icinga plugin says of a run: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; `accepted` states count as OK.
///
/// CRITICAL: a row is in a bad state. WARNING: a row is `degraded`, or the certificate of one that works ends soon.
/// UNKNOWN: nothing worse than `inconclusive` was found, or the run ended early, or no row was tried at all.
[[nodiscard]] int nagios_code(const Report& report, std::span<const State> accepted);

/// For `fdnprobe explain`, the man page and the documentation: one cause explained to a reader.
struct Explanation {
    std::string_view seen;    ///< what was observed
    std::string_view means;   ///< what follows, and what does not
    std::string_view advice;  ///< what to do
};
[[nodiscard]] Explanation explain(Cause cause);
/// What a verdict means, in one sentence.
[[nodiscard]] std::string_view explain(Verdict verdict);
/// What a row's state means, in one sentence.
[[nodiscard]] std::string_view explain(State state);

/// The closing sentences of a report: what to do first. At most three, the most useful first; empty when all is well.
[[nodiscard]] std::vector<std::string> what_to_do_first(const Report& report);

}  // namespace fdnprobe::judge
