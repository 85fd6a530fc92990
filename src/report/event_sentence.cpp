// A confirmed change in one sentence that alone tells the story: it is the subject of a message, a line of a log, a
// line on a page.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// A line of a log: RFC 5424, 6.1 has receivers take 2048 bytes, of which a header and whoever passes it on need some.
constexpr std::size_t sentence_limit = 1000;
/// Of one row or one reason, so that what is said of the others is not what is cut.
constexpr std::size_t detail_limit = 500;

std::string place(const WatchEvent& event) {
    if (!event.site.empty()) return shown_name(event.site);
    return event.host.empty() ? "this site" : shown_name(event.host);
}

std::string vantage(const WatchEvent& event) { return event.host.empty() ? "here" : shown_name(event.host); }

/// What a row or several are now: "is blocked", "are reachable again".
std::string become(State state, bool several, bool again) {
    const std::string verb = several ? "are" : "is";
    if (state == State::reachable) return verb + (again ? " reachable again" : " reachable");
    if (state == State::local) return several ? "fail on this host itself" : "fails on this host itself";
    return fmt::format("{} {}", verb, to_string(state));
}

/// Rows that have come to the same state; where they come from tells whether it is `again`.
struct Group {
    State to = State::unconfigured;
    std::size_t rows = 0;
    bool again = true;
    std::map<std::string, std::size_t> peers;
};

/// The worst come first: they are what somebody is woken for.
std::vector<Group> groups_of(const WatchEvent& event) {
    std::map<State, Group> by_state;
    for (const RowChange& row : event.rows) {
        Group& group = by_state[row.to];
        group.to = row.to;
        ++group.rows;
        group.again = group.again && row.from && !works(*row.from);
        ++group.peers[shown_name(row.peer)];
    }
    std::vector<Group> groups;
    for (auto& [state, group] : by_state) groups.push_back(std::move(group));
    std::stable_sort(groups.begin(), groups.end(), [](const Group& one, const Group& other) {
        // A row without anything to try is nobody's trouble, though its word comes last.
        const auto weight = [](State state) { return state == State::unconfigured ? -1 : static_cast<int>(state); };
        return weight(one.to) > weight(other.to);
    });
    return groups;
}

/// "34 rows of FortiGuard and 2 other peers": the peer with the most rows is named.
std::string rows_of_peers(const Group& group) {
    const auto most = std::max_element(group.peers.begin(), group.peers.end(),
                                       [](const auto& one, const auto& other) { return one.second < other.second; });
    std::string text = fmt::format("{} of {}", counted(group.rows, "row"), most->first);
    if (group.peers.size() == 2) {
        const auto other = most == group.peers.begin() ? std::next(most) : group.peers.begin();
        text += " and " + other->first;
    } else if (group.peers.size() > 2) {
        text += fmt::format(" and {}", counted(group.peers.size() - 1, "other peer"));
    }
    return text;
}

std::string one_row(const RowChange& row) {
    const bool again = row.from && !works(*row.from);
    std::string text = shown_name(row.peer);
    if (!row.purpose.empty()) text += ", " + shown_name(row.purpose);
    if (!row.ports.empty()) text += fmt::format(" ({})", shown_name(row.ports));
    text += " " + become(row.to, false, again);
    if (row.to != State::reachable && !row.summary.empty()) text += ": " + printable(row.summary, detail_limit);
    return text;
}

std::string why(const WatchEvent& event) {
    if (event.reasons.empty()) return "";
    const std::string summary = printable(event.reasons.front().summary, detail_limit);
    if (event.reasons.size() == 1) return "; one reason: " + summary;
    return fmt::format("; the first of {} reasons: {}", event.reasons.size(), summary);
}

std::string changes(const WatchEvent& event) {
    if (event.rows.empty()) return "nothing has changed";
    if (event.rows.size() == 1) return one_row(event.rows.front()) + why(event);
    std::vector<std::string> parts;
    for (const Group& group : groups_of(event))
        parts.push_back(fmt::format("{} {}", rows_of_peers(group), become(group.to, group.rows > 1, group.again)));
    return listed(parts) + why(event);
}

std::string story(const WatchEvent& event) {
    switch (event.kind) {
        case WatchEventKind::rows_changed: return changes(event);
        case WatchEventKind::control_failed:
            return fmt::format("nothing at all works from {}; nothing is said of its rows until something does{}",
                               vantage(event), why(event));
        case WatchEventKind::control_restored: return fmt::format("something works from {} again", vantage(event));
    }
    return "";
}

}  // namespace

std::string event_sentence(const WatchEvent& event) {
    return printable(fmt::format("{}: {}", place(event), story(event)), sentence_limit);
}

}  // namespace fdnprobe::report
