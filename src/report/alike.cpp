#include "report/alike.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// What fits on about two lines; the JSON report has the rest.
constexpr std::size_t hosts_named = 6;
constexpr std::size_t ports_named = 12;
/// A check tries a handful of addresses; more are not worth looking for in its summary.
constexpr std::size_t addresses_compared = 16;

void replace_all(std::string& text, const std::string& part, std::string_view by) {
    if (part.empty()) return;
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, from)) {
        out.append(text, from, at - from);
        out += by;
        from = at + part.size();
    }
    out.append(text, from);
    text = std::move(out);
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_word(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0; }

/// "3501 ms" and "3.5 s" become "#". Other numbers stay: an alert's number is a finding.
std::string without_durations(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t end = 0;
        while (end < text.size() && (is_digit(text[end]) || (end > 0 && text[end] == '.'))) ++end;
        const bool after_word = !out.empty() && is_word(out.back());
        if (end > 0 && !after_word) {
            std::string_view unit = text.substr(end);
            unit.remove_prefix(std::min<std::size_t>(unit.starts_with(' ') ? 1 : 0, unit.size()));
            const std::size_t letters = unit.starts_with("ms") ? 2 : unit.starts_with("s") ? 1 : 0;
            if (letters > 0 && (unit.size() == letters || !is_word(unit[letters]))) {
                out += '#';
                text = unit.substr(letters);
                continue;
            }
        }
        end = std::max<std::size_t>(end, 1);
        out += text.substr(0, end);
        text.remove_prefix(end);
    }
    return out;
}

/// The sentence with all that may differ between alike results taken out.
std::string core(const CheckResult& result, std::string text) {
    std::set<std::string, std::greater<>> addresses;  // longer ones before their own beginnings
    for (const Attempt& attempt : result.attempts) {
        if (addresses.size() == addresses_compared) break;
        if (attempt.destination) addresses.insert(attempt.destination->address.to_string());
    }
    const Check& check = result.check;
    replace_all(text, check.host, "\x01");
    for (const std::string& address : addresses) replace_all(text, address, "\x02");
    replace_all(text, check.port.to_string(), "\x03");
    replace_all(text, fmt::format(":{}", check.dial_port), "\x03");
    replace_all(text, fmt::format("port {}", check.dial_port), "\x03");
    replace_all(text, fmt::format(" (at {})", check.dial_port), "");
    replace_all(text, fmt::format(" (at {})", Port{check.transport(), check.dial_port}.to_string()), "");
    return without_durations(text);
}

std::string place_of(const CheckResult& result) {
    const Check& check = result.check;
    if (check.host.empty()) return {};
    std::string place = shown_name(check.host);
    if (const auto destination = destination_of(result)) {
        const std::string address = destination->address.to_string();
        if (address != check.host) place += fmt::format(" ({})", address);
    }
    return place;
}

std::string port_of(const Check& check) {
    std::string port = check.port.to_string();
    // A customised port is news; a name that was pinned somewhere else altogether has its port in the summary.
    const bool customised = check.dial_port != 0 && check.dial_port != check.port.number;
    if (check.dial_transport)
        port += fmt::format(" (dialled {})", Port{check.transport(), check.dial_port}.to_string());
    else if (customised && Address::parse(check.host))
        port += fmt::format(" (dialled {})", check.dial_port);
    return port;
}

std::string cut_list(const std::vector<std::string>& items, std::size_t limit) {
    if (items.size() <= limit) return fmt::format("{}", fmt::join(items, ", "));
    return fmt::format("{} and {} more",
                       fmt::join(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(limit), ", "),
                       items.size() - limit);
}

}  // namespace

std::vector<Results> group_alike(std::span<const CheckResult* const> results) {
    using Key =
        std::tuple<Level, Cause, Owner, Confidence, std::string, std::optional<std::size_t>, std::string, std::string>;
    std::vector<Results> groups;
    std::map<Key, std::size_t> group_at;
    for (const CheckResult* result : results) {
        const Conclusion& conclusion = result->conclusion;
        std::string where;
        if (conclusion.where) {
            const Where& w = *conclusion.where;
            where = fmt::format("{} {}", w.hop.value_or(0), w.address ? w.address->to_string() : "");
        }
        Key key{result->check.level, conclusion.cause, conclusion.owner, conclusion.confidence, std::move(where),
                conclusion.reason,
                // What has a reason refers to it, and says nothing in its own words.
                conclusion.reason ? "" : core(*result, conclusion.summary),
                conclusion.reason ? "" : core(*result, conclusion.advice.value_or(""))};
        const auto [group, is_new] = group_at.try_emplace(std::move(key), groups.size());
        if (is_new) groups.emplace_back();
        groups[group->second].push_back(result);
    }
    return groups;
}

std::string places(std::span<const CheckResult* const> results) {
    // First the ports of each host, then the hosts that have the same ports.
    std::vector<std::string> hosts;
    std::map<std::string, std::vector<std::string>> ports_of_host;
    for (const CheckResult* result : results) {
        const std::string host = place_of(*result);
        auto [ports, is_new] = ports_of_host.try_emplace(host);
        if (is_new) hosts.push_back(host);
        const std::string port = port_of(result->check);
        if (std::find(ports->second.begin(), ports->second.end(), port) == ports->second.end())
            ports->second.push_back(port);
    }
    std::vector<std::string> port_lists;
    std::map<std::string, std::vector<std::string>> hosts_of_ports;
    for (const std::string& host : hosts) {
        const std::string ports = cut_list(ports_of_host[host], ports_named);
        auto [same, is_new] = hosts_of_ports.try_emplace(ports);
        if (is_new) port_lists.push_back(ports);
        same->second.push_back(host);
    }
    std::vector<std::string> parts;
    for (const std::string& ports : port_lists) {
        const std::string named = cut_list(hosts_of_ports[ports], hosts_named);
        parts.push_back(named.empty() ? ports : fmt::format("{} at {}", ports, named));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace fdnprobe::report
