#include "web/page_timeline.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <fmt/format.h>

#include "judge/badness.hpp"
#include "report/html_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::web {
namespace {

/// The height of a strip in its own units; its width is one unit a period.
constexpr int strip_height = 16;
constexpr int good_height = 5;
constexpr int least_bad_height = 8;
/// So that a single bad run can be told from many, and neighbours that are alike to the eye share a shape.
constexpr int steps = 4;

struct Bar {
    std::string_view tone;
    int height = 0;
    friend bool operator==(const Bar&, const Bar&) = default;
};

struct Counts {
    std::uint32_t all = 0;
    std::uint32_t good = 0;
    std::uint32_t untried = 0;
    State worst = State::reachable;
};

Counts counts_of(const std::map<State, std::uint32_t>& runs) {
    Counts counts;
    for (const auto& [state, number] : runs) {
        if (state == State::unconfigured) {
            counts.untried += number;
            continue;
        }
        counts.all += number;
        if (works(state)) counts.good += number;
        if (number > 0 && judge::worse(state, counts.worst)) counts.worst = state;
    }
    return counts;
}

Bar bar_of(const StatePeriod& period) {
    const Counts counts = counts_of(period.runs);
    if (counts.all == 0) return {"none", 1};
    if (counts.worst == State::reachable) return {"good", good_height};
    const std::string_view tone = report::tone_of(counts.worst);
    if (counts.good == counts.all) return {tone, least_bad_height};
    const double share = static_cast<double>(counts.all - counts.good) / counts.all;
    const int step = static_cast<int>(std::ceil(share * steps));
    return {tone, least_bad_height + (strip_height - least_bad_height) * step / steps};
}

std::map<State, std::uint32_t> sum_of(const std::vector<StatePeriod>& periods) {
    std::map<State, std::uint32_t> runs;
    for (const StatePeriod& period : periods)
        for (const auto& [state, number] : period.runs) runs[state] += number;
    return runs;
}

std::string words_of(const std::map<State, std::uint32_t>& runs) {
    const Counts counts = counts_of(runs);
    if (counts.all == 0) return "not checked";
    // 99.95 % is not all of it, so that nothing is rounded up.
    const double share = std::floor(1000.0 * counts.good / counts.all) / 10;
    std::string text = fmt::format("{} % of {} good", share, report::counted(counts.all, "run"));
    for (const auto& [state, number] : runs)
        if (number > 0 && state != State::reachable && state != State::unconfigured)
            text += fmt::format("; {} {}", to_string(state), number);
    return text;
}

}  // namespace

std::string timeline_words(const std::vector<StatePeriod>& periods) { return words_of(sum_of(periods)); }

void html_timeline(report::Html& html, const std::vector<StatePeriod>& periods, std::string_view span) {
    const auto picture = html.element(
        "svg", {{"class", "strip"},
                {"viewBox", fmt::format("0 0 {} {}", std::max<std::size_t>(periods.size(), 1), strip_height)},
                {"preserveAspectRatio", "none"},
                {"role", "img"},
                {"aria-label", fmt::format("{}: {}", span, timeline_words(periods))}});
    for (std::size_t first = 0; first < periods.size();) {
        const Bar bar = bar_of(periods[first]);
        std::size_t end = first + 1;
        std::map<State, std::uint32_t> runs = periods[first].runs;
        for (; end < periods.size() && bar_of(periods[end]) == bar; ++end)
            for (const auto& [state, number] : periods[end].runs) runs[state] += number;
        const auto shape = html.element("rect", {{"class", bar.tone},
                                                 {"x", fmt::format("{}", first)},
                                                 {"y", fmt::format("{}", strip_height - bar.height)},
                                                 {"width", fmt::format("{}", end - first)},
                                                 {"height", fmt::format("{}", bar.height)}});
        html.leaf("title", fmt::format("{} to {}: {}", report::shown_time(periods[first].from),
                                       report::shown_time(periods[end - 1].until), words_of(runs)));
        first = end;
    }
}

}  // namespace fdnprobe::web
