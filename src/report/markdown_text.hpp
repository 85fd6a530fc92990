// Text for Markdown (CommonMark with GitHub's tables) that stays text: nothing in it is emphasised, linked, turned into
// HTML, a list or a heading, or ends the cell of a table that it stands in; nobody is mentioned by it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fdnprobe::report {

/// One line, for a cell, a paragraph, an item of a list or a heading. Escaped for showing as well (printable()).
[[nodiscard]] std::string markdown_text(std::string_view raw);

/// "| a | b |" with its line end. The cells are Markdown already.
[[nodiscard]] std::string markdown_row(std::span<const std::string> cells);

}  // namespace fdnprobe::report
