#include "web/health.hpp"

#include "base/duration.hpp"
#include "base/text.hpp"

namespace fdnprobe::web {

std::optional<std::string> why_not_ready(const WatchFacts& facts, std::chrono::system_clock::time_point now) {
    if (!facts.last_run) return "The first run has not ended yet.";
    // One run may be late, and one may be put off by jitter; three are not.
    const auto patience = 3 * facts.every + facts.last_elapsed;
    // After a pause the last run is old and the next one is due or under way.
    const bool expected = facts.next_run && now <= *facts.next_run + facts.every + facts.last_elapsed;
    if (!facts.paused && now > *facts.last_run + patience && !expected)
        return "The last run ended " + duration_text(std::chrono::floor<std::chrono::seconds>(now - *facts.last_run)) +
               " ago, and one is due every " + duration_text(facts.every) + ".";
    if (!facts.history_problem.empty()) return "Runs are not being recorded: " + printable(facts.history_problem);
    return std::nullopt;
}

}  // namespace fdnprobe::web
