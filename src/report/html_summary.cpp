#include "report/html_summary.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/html_words.hpp"
#include "report/run_words.hpp"

namespace fdnprobe::report {
namespace {

std::vector<std::pair<State, std::size_t>> counts_of(const Report& report) {
    const auto counts = count_rows(report);
    std::vector<std::pair<State, std::size_t>> list;
    const auto add = [&](State state) {
        const auto found = counts.find(state);
        if (found != counts.end() && found->second > 0) list.emplace_back(state, found->second);
    };
    const auto states = all_states();
    for (auto state = states.rbegin(); state != states.rend(); ++state)
        if (*state != State::unconfigured) add(*state);
    add(State::unconfigured);
    return list;
}

}  // namespace

std::string title_words(const Report& report) {
    const std::string ailing = ailing_words(report);
    return ailing.empty() ? state_counts(report) : ailing;
}

void html_counts(Html& html, const Report& report, bool choosable) {
    const auto list = html.element("ul", {{"class", "counts"}});
    for (const auto& [state, count] : counts_of(report)) {
        const auto item = html.element("li", {{"data-key", to_string(state)}});
        const auto label =
            choosable ? html.element("label", {{"class", "count"}}) : html.element("span", {{"class", "count"}});
        if (choosable) html.empty("input", {{"type", "checkbox"}, {"name", "state"}, {"value", to_string(state)}});
        html_state(html, state);
        html.leaf("b", fmt::format(" {}", count));
    }
}

}  // namespace fdnprobe::report
