#include "report/csv_cell.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe::report {
namespace {

/// What spreadsheets begin a formula with, and what some of them pass over before one. The last four are the full-width
/// forms, which Japanese editions read alike.
bool begins_a_formula(std::string_view text) {
    constexpr std::array<std::string_view, 11> beginnings{
        "=", "+", "-", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return text.starts_with(beginning); });
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string cell;
    if (begins_a_formula(text)) cell += '\'';
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char letter : cell) {
        if (letter == '"') quoted += '"';
        quoted += letter;
    }
    return quoted + '"';
}

std::string csv_line(std::span<const std::string> texts) {
    std::string line;
    for (std::size_t index = 0; index < texts.size(); ++index) {
        if (index > 0) line += ',';
        line += csv_cell(texts[index]);
    }
    return line + '\n';
}

}  // namespace fdnprobe::report
