// What a history's figures come to in words and signs, the same in every format for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/history.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {

/// `2026-11-20 06:25 UTC`.
[[nodiscard]] std::string minute_text(WallTime time);

/// The part of the runs in which the row was good, of those that said anything: 0 to 1; nothing: none did.
[[nodiscard]] std::optional<double> good_part(const RowHistory& row);
/// "99.3 %"; never 100 where it is not all of them.
[[nodiscard]] std::string percent_text(double part);

/// A period as one sign, which is to be read without its colour as well.
struct Sign {
    char letter = '.';
    Ink ink = Ink::faint;
};
[[nodiscard]] Sign sign_of(const StatePeriod& period);
/// All of a row's, without colour.
[[nodiscard]] std::string timeline_text(const RowHistory& row);
/// What the signs mean.
[[nodiscard]] std::string_view sign_legend();
/// "one sign an hour", "one sign for 6h".
[[nodiscard]] std::string sign_length(const RowHistory& row);

/// "changed twice (0.3 a day); 12 times another result than the run before".
[[nodiscard]] std::string flapping_text(const RowHistory& row, const HistoryReport& history);

/// Whether it takes so much longer than usual that somebody would notice.
[[nodiscard]] bool has_slowed_down(const CheckHistory& check);
/// "usually 12 ms, lately 48 ms"; empty where too little is known.
[[nodiscard]] std::string latency_text(const CheckHistory& check);

}  // namespace fdnprobe::report
