// Lists and counts in sentences, for the judges that sum up a run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// "1 check", "3 checks".
inline std::string count(std::size_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

/// "a", "a and b", "a, b and 4 more".
inline std::string join(const std::vector<std::string>& names) {
    if (names.empty()) return {};
    if (names.size() == 1) return names[0];
    if (names.size() == 2) return names[0] + " and " + names[1];
    return fmt::format("{}, {} and {} more", names[0], names[1], names.size() - 2);
}

/// Distinct, in the order of first appearance.
template <class Range, class Spell>
std::vector<std::string> distinct(const Range& range, const Spell& spell) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const auto& one : range) {
        std::string name = spell(one);
        if (seen.insert(name).second) names.push_back(std::move(name));
    }
    return names;
}

inline std::string host_of(const Check& check) { return printable(check.host, 255); }
inline std::string flow_of(const Check& check) {
    const std::string port = check.wanted().to_string();
    return check.host.empty() ? port : fmt::format("{} to {}", port, host_of(check));
}

/// "10.0.0.1 (hop 1)", "hop 3", "the device".
inline std::string spell(const Where& where) {
    if (where.address && where.hop) return fmt::format("{} (hop {})", where.address->to_string(), *where.hop);
    if (where.address) return where.address->to_string();
    return where.hop ? fmt::format("hop {}", *where.hop) : std::string("the device");
}

}  // namespace fdnprobe::judge
