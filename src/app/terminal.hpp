// What the terminal can show, and the way to it.
#pragma once

#include <cstddef>
#include <string_view>

namespace fdnprobe::app {

/// Columns of standard output: the terminal's, $COLUMNS, or 100.
[[nodiscard]] std::size_t output_width();

/// Colour is for terminals whose user has not said otherwise (NO_COLOR, TERM=dumb).
[[nodiscard]] bool output_takes_colour();

/// Writes to standard output and flushes. False, with a message on standard error, when it cannot take it (a full
/// disk); a reader that has gone away is no error.
[[nodiscard]] bool print(std::string_view text);

/// Writes a line to standard error: progress, warnings, errors.
void complain(std::string_view text);

}  // namespace fdnprobe::app
