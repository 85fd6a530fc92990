// All enumerators of an enumeration, found by the compiler, so that no list has to be kept: it spells a value that has
// a name by that name, and any other as a number that was cast.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace enumerators {

template <auto Value>
constexpr bool has_name() {
    // GCC and Clang both end it with "Value = fdnprobe::What::sent]" or "Value = (fdnprobe::What)200]".
    const std::string_view signature = __PRETTY_FUNCTION__;
    return signature[signature.rfind("Value = ") + std::string_view("Value = ").size()] != '(';
}

/// In the order of their values. Every enumeration here is one of eight bits.
template <class Enum>
std::vector<Enum> all() {
    static_assert(sizeof(Enum) == 1);
    constexpr auto named = []<std::size_t... Index>(std::index_sequence<Index...>) {
        return std::array{has_name<static_cast<Enum>(Index)>()...};
    }
    (std::make_index_sequence<256>{});
    std::vector<Enum> found;
    for (std::size_t index = 0; index < named.size(); ++index)
        if (named[index]) found.push_back(static_cast<Enum>(index));
    return found;
}

}  // namespace enumerators
