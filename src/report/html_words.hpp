// The words of a report as HTML: states and verdicts with a colour, a shape and always the word itself; times that a
// script may turn into the reader's own zone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/report.hpp"
#include "fdnprobe/verdict.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

/// The class that colours what is in this state: "good", "warn", "bad", "own" or "faint".
[[nodiscard]] std::string_view tone_of(State state);
[[nodiscard]] std::string_view tone_of(Verdict verdict);

void html_state(Html& html, State state);
void html_verdict(Html& html, Verdict verdict);

/// "2026-11-20 06:25 UTC".
[[nodiscard]] std::string shown_time(std::chrono::system_clock::time_point time);
void html_time(Html& html, std::chrono::system_clock::time_point time);

/// "hop 1 (10.0.0.1); the destination is at hop 9".
[[nodiscard]] std::string shown_where(const Where& where);

/// "blocked (timeout), likely".
[[nodiscard]] std::string shown_finding(const Conclusion& conclusion);

/// A term and its description in a list of facts; nothing when there is no description.
void html_fact(Html& html, std::string_view term, std::string_view description);

}  // namespace fdnprobe::report
