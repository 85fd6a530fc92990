// What several formats show alike: how a time, a host, or a piece of foreign text is written, and which attempt a check
// rests on.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/report.hpp"

namespace fdnprobe::report {

/// A name, an address, one cell of a table: escaped, and cut where a hostile one would fill the page.
[[nodiscard]] std::string shown_name(std::string_view raw);
/// Sentences: escaped; the limit is far beyond any that this program writes.
[[nodiscard]] std::string shown_sentence(std::string_view raw);

/// "3.4 ms", "128 ms", "12.3 s", "4 min 10 s".
[[nodiscard]] std::string shown_span(std::chrono::nanoseconds span);

/// "1 row", "3 rows".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string listed(std::span<const std::string> items, std::string_view last_word = "and");

/// A proxy's URL. A password in it never leaves the program, whoever let it in.
[[nodiscard]] std::string shown_proxy(std::string_view proxy);

/// The attempt that the conclusion rests on; without one, the last that says something; nullptr when nothing was tried.
[[nodiscard]] const Attempt* telling_attempt(const CheckResult& result);

/// Where the telling attempt went.
[[nodiscard]] std::optional<SocketAddress> destination_of(const CheckResult& result);

/// The bytes of an event with the value of any HTTP authorization header blanked: proxies are sent one.
[[nodiscard]] std::string without_credentials(std::string_view bytes);

/// `full_id` of the check's row; empty when the report has no such row.
[[nodiscard]] std::string row_id_of(const Report& report, const Check& check);

}  // namespace fdnprobe::report
