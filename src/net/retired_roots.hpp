// Roots of public CAs that the public programmes have let go while services were still chained to them. A bundle of
// today lacks them, and what is signed under them is no forgery: the chain is followed, and said to be an old one.
#pragma once

#include <span>
#include <string_view>

namespace fdnprobe::net {

struct RetiredRoot {
    std::string_view name;
    std::string_view sha256;  ///< of the certificate, in lower-case hex
    std::string_view left;    ///< the day, as 2026-04-15
    std::string_view pem;
};

[[nodiscard]] std::span<const RetiredRoot> retired_roots();
/// nullptr: it is none of them.
[[nodiscard]] const RetiredRoot* find_retired_root(std::string_view sha256);

}  // namespace fdnprobe::net
