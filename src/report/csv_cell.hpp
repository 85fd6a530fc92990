// Cells and lines of CSV (RFC 4180, with LF), safe to open in a spreadsheet.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fdnprobe::report {

/// In quotes where the text needs them. Text that a spreadsheet would take for a formula gets an apostrophe before it.
/// The text is otherwise left as it is: what came from the network is escaped before.
[[nodiscard]] std::string csv_cell(std::string_view text);

/// The cells with commas between them and a line end behind them.
[[nodiscard]] std::string csv_line(std::span<const std::string> texts);

}  // namespace fdnprobe::report
