// How deep dotted keys go. `a.a.a.a = 1` makes a table within a table for every dot, and toml++ 3.3, which limits the
// nesting of brackets, does not limit that: a line of 100 000 dots overflows the stack when the tables are destroyed.
#pragma once

#include <optional>
#include <string_view>

namespace fdnprobe::config {

/// The deepest key of a table or site file has four parts (`peers.NAME.ports."TCP/8013"`). Together with toml++'s limit
/// of 256 brackets this keeps the tree some thousand tables deep at most.
inline constexpr int most_dots = 16;

struct KeyPlace {
    int line = 0;
    int column = 0;
};

/// The first dot that is one too many on its line; dots in strings and comments do not count.
[[nodiscard]] std::optional<KeyPlace> find_too_deep_key(std::string_view text);

}  // namespace fdnprobe::config
