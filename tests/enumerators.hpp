// All enumerators of an enumeration, found by the compiler, so that no list has to be kept: it spells a value that has
// a name by that name, and any other as a number that was cast.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace enumerators {

/// One function spells all values: a function for each would be most of the work of compiling a test.
template <auto... Values>
constexpr std::string_view spelled() {
    return __PRETTY_FUNCTION__;
}

template <class Enum, std::size_t... Index>
constexpr std::string_view spelled_values(std::index_sequence<Index...> /*values*/) {
    return spelled<static_cast<Enum>(Index)...>();
}

/// In the order of their values. Every enumeration here is one of eight bits.
template <class Enum>
std::vector<Enum> all() {
    static_assert(sizeof(Enum) == 1);
    // GCC ends it with "Values = {fdnprobe::What::sent, (fdnprobe::What)200}]", Clang with the same between < and >.
    std::string_view rest = spelled_values<Enum>(std::make_index_sequence<256>{});
    const std::string_view before = "Values = ";
    rest.remove_prefix(rest.rfind(before) + before.size() + 1);
    std::vector<Enum> found;
    for (std::size_t value = 0; value < 256; ++value) {
        if (rest.front() != '(') found.push_back(static_cast<Enum>(value));
        const std::string_view between = ", ";
        if (const std::size_t next = rest.find(between); next != std::string_view::npos)
            rest.remove_prefix(next + between.size());
    }
    return found;
}

}  // namespace enumerators
