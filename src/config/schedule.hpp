// The parts of a site file that a watch reads: [schedule], [history] and [notify]; and the texts in them that the
// command line takes, too.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "fdnprobe/schedule.hpp"

namespace fdnprobe::config {

/// What each text has to look like, for messages: "expected ...".
inline constexpr std::string_view confirmation_form = "N/M with 1 <= N <= M <= 20, such as \"2/3\"";
inline constexpr std::string_view percentage_form = "a percentage from \"0%\" to \"50%\"";

/// "2/3".
[[nodiscard]] std::optional<Confirmation> parse_confirmation(std::string_view text);

/// "0%" to "50%" as a part of one: jitter of more than half an interval would let a run pass the next.
[[nodiscard]] std::optional<double> parse_percentage(std::string_view text);

/// The tables as they stand in the file; mistakes go to `complaints`, and what is returned then is of no use.
[[nodiscard]] Schedule read_schedule(const toml::table& table, Complaints& complaints);
/// What the file does not say yields to what it does: with `raw = "180d"` alone, the hours are kept as long.
[[nodiscard]] Retention read_retention(const toml::table& table, Complaints& complaints);
/// `lines`: where each receiver is written.
[[nodiscard]] NotifySettings read_notify(const toml::table& table, Complaints& complaints, std::vector<int>& lines);

}  // namespace fdnprobe::config
