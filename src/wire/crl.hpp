// A certificate revocation list (RFC 5280, 5.1), in DER or PEM, as far as a check has to know it: that it is one, and
// when it was made and has to be replaced. Its signature and its entries are read by whoever relies on it. Lists grow
// to megabytes, and all that counts stands at their beginning, so a beginning suffices.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace fdnprobe::wire::crl {

/// Why bytes are not a list.
enum class Fault : std::uint8_t {
    incomplete,  ///< all is well so far, and more has to come
    foreign,     ///< it is none
};

struct Crl {
    std::chrono::sys_seconds this_update{};
    std::optional<std::chrono::sys_seconds> next_update;  ///< RFC 5280 wants it, and other lists go without
    std::size_t size = 0;                                 ///< bytes of the whole list in DER, as it announces itself
    bool whole = false;                                   ///< all of them were there, and have a list's structure
    friend bool operator==(const Crl&, const Crl&) = default;
};

[[nodiscard]] Expected<Crl, Fault> parse(std::string_view bytes);

/// A list without entries, under a signature of zeros. For emulated servers.
[[nodiscard]] std::string encode(std::chrono::sys_seconds this_update, std::chrono::sys_seconds next_update);

}  // namespace fdnprobe::wire::crl
