#include "report/markdown_text.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// Characters with a meaning inside a line. Any punctuation may have a backslash before it (CommonMark 0.31, 2.4);
/// those that HTML or a table's cells would see before the backslash counts are written as entities.
std::string_view escape_of(char letter) {
    switch (letter) {
        case '\\': return "\\\\";
        case '`': return "\\`";
        case '*': return "\\*";
        case '_': return "\\_";
        case '[': return "\\[";
        case ']': return "\\]";
        case '~': return "\\~";
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '|': return "&#124;";
        case '$': return "&#36;";  // GitHub's formulas
        default: return {};
    }
}

/// A line that begins so would be a heading, an item of a list, or what underlines the line above.
std::size_t marker_end(std::string_view text) {
    if (text.empty()) return 0;
    if (std::string_view("#+-=:").find(text.front()) != std::string_view::npos) return 1;
    std::size_t digits = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) ++digits;
    const bool numbered = digits > 0 && digits < text.size() && (text[digits] == '.' || text[digits] == ')') &&
                          (digits + 1 == text.size() || text[digits + 1] == ' ');
    return numbered ? digits + 1 : 0;
}

/// Where a bare address of the web is recognised (GitHub's autolinks): the character that a backslash breaks it at.
bool breaks_a_link(std::string_view text, std::size_t at) {
    if (text[at] == ':') return text.substr(at).starts_with("://");
    return text[at] == '.' && at >= 3 && lower(text.substr(at - 3, 3)) == "www";
}

}  // namespace

std::string markdown_text(std::string_view raw) {
    const std::string shown = shown_sentence(raw);
    const std::string_view text = trim(shown);  // spaces at an end would mean a line break, or code
    std::string out;
    const std::size_t marker = marker_end(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '@') {
            // An address of mail would be linked, and a person told, whatever stands before it; but not in code.
            const std::size_t end = std::min(text.find_first_not_of('@', at), text.size());
            out += '`' + std::string(text.substr(at, end - at)) + '`';
            at = end - 1;
            continue;
        }
        const std::string_view escape = escape_of(text[at]);
        if (!escape.empty()) {
            out += escape;
            continue;
        }
        if (at + 1 == marker || breaks_a_link(text, at)) out += '\\';
        out += text[at];
    }
    return out;
}

std::string markdown_row(std::span<const std::string> cells) {
    std::string row = "|";
    for (const std::string& cell : cells) row += " " + cell + " |";
    return row + '\n';
}

}  // namespace fdnprobe::report
