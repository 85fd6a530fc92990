#include "config/words.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::config {
namespace {

/// Long enough for any name in a table, short enough to keep a message on a line or two.
constexpr std::size_t longest_quote = 100;

}  // namespace

std::string in_quotes(std::string_view value) { return fmt::format("`{}`", printable(value, longest_quote)); }

std::string one_of(std::span<const std::string> names) {
    std::string list;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (index > 0) list += index + 1 == names.size() ? " or " : ", ";
        list += names[index];
    }
    return list;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    const auto near = nearest(word, candidates);
    return near ? fmt::format("; did you mean {}?", in_quotes(*near)) : std::string{};
}

}  // namespace fdnprobe::config
