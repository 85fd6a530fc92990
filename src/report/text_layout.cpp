#include "report/text_layout.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::size_t least_width = 40;
/// However deep an indent goes, this much is left to write in.
constexpr std::size_t least_text = 16;
constexpr std::size_t cell_distance = 2;

struct Glyph {
    std::size_t bytes = 1;
    std::size_t columns = 1;
};

/// Code points that terminals show two columns wide: East Asian Wide and Fullwidth (UAX 11), and the pictographs. The
/// ranges are taken generously, since a line that is a little short does no harm.
bool is_wide(char32_t point) {
    return (point >= 0x1100 && point <= 0x115F) || (point >= 0x231A && point <= 0x23FF) ||
           (point >= 0x25FD && point <= 0x27BF) || (point >= 0x2B1B && point <= 0x2B55) ||
           (point >= 0x2E80 && point <= 0xA4CF) || (point >= 0xA960 && point <= 0xA97F) ||
           (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
           (point >= 0xFE10 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFFE6) ||
           (point >= 0x16FE0 && point <= 0x1B2FF) || (point >= 0x1F000 && point <= 0x1FAFF) ||
           (point >= 0x20000 && point <= 0x3FFFD);
}

/// The code point at the front of `text`. What is not UTF-8 counts as one column a byte.
Glyph first_glyph(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (bytes == 1 || bytes > text.size()) return {};
    char32_t point = lead & (0x7FU >> bytes);
    for (const char byte : text.substr(1, bytes - 1)) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value & 0xC0U) != 0x80U) return {};
        point = (point << 6U) | (value & 0x3FU);
    }
    return {bytes, is_wide(point) ? std::size_t{2} : std::size_t{1}};
}

std::string_view sgr(Ink ink) {
    switch (ink) {
        case Ink::plain: return {};
        case Ink::good: return "\x1b[32m";
        case Ink::warn: return "\x1b[33m";
        case Ink::bad: return "\x1b[31m";
        case Ink::own: return "\x1b[35m";
        case Ink::faint: return "\x1b[2m";
        case Ink::strong: return "\x1b[1m";
    }
    return {};
}

std::string escaped(std::string_view text) {
    // Nearly all text is visible ASCII, and then there is nothing to escape.
    if (std::all_of(text.begin(), text.end(), [](char letter) { return letter >= 0x20 && letter < 0x7F; }))
        return std::string(text);
    return printable(text, std::numeric_limits<std::size_t>::max());
}

/// U+00A0. Not every terminal at three in the morning speaks UTF-8, so it never leaves the page.
constexpr std::string_view no_break_space = "\xc2\xa0";

std::string replaced(std::string_view text, std::string_view part, std::string_view by) {
    std::string out;
    for (;;) {
        const std::size_t at = text.find(part);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += by;
        text.remove_prefix(at + part.size());
    }
}

std::string_view without_trailing_spaces(std::string_view text) {
    const std::size_t last = text.find_last_not_of(' ');
    return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

}  // namespace

std::string bound(std::string_view text) { return replaced(text, " ", no_break_space); }

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Glyph glyph = first_glyph(text);
        columns += glyph.columns;
        text.remove_prefix(glyph.bytes);
    }
    return columns;
}

std::vector<std::string_view> wrap(std::string_view text, std::size_t first_width, std::size_t width) {
    std::vector<std::string_view> lines;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return lines;
        // A glyph may be two columns wide; in less than that the loop would not advance.
        const std::size_t limit = std::max<std::size_t>(lines.empty() ? first_width : width, 2);
        std::size_t end = 0;
        std::size_t columns = 0;
        std::size_t last_space = 0;
        while (end < text.size()) {
            const Glyph glyph = first_glyph(text.substr(end));
            if (text[end] == ' ') last_space = end;
            if (columns + glyph.columns > limit) break;
            columns += glyph.columns;
            end += glyph.bytes;
        }
        if (end < text.size() && last_space > 0) end = last_space;
        lines.push_back(without_trailing_spaces(text.substr(0, end)));
        text.remove_prefix(end);
    }
}

Page::Page(std::size_t width, bool colour) : width_(std::max(width, least_width)), colour_(colour) {}

void Page::gap() { gap_wanted_ = true; }

void Page::begin_line() {
    if (gap_wanted_ && !out_.empty()) out_ += '\n';
    gap_wanted_ = false;
}

void Page::write(std::string_view text, Ink ink) {
    const bool coloured = colour_ && ink != Ink::plain && !text.empty();
    if (coloured) out_ += sgr(ink);
    out_ += replaced(text, no_break_space, " ");
    if (coloured) out_ += "\x1b[0m";
}

void Page::paragraph(std::size_t indent, std::size_t hang, std::span<const Span> spans) {
    std::string text;
    std::vector<std::size_t> ends;  // of each span, in the escaped text
    for (const Span& span : spans) {
        text += escaped(span.text);
        ends.push_back(text.size());
    }
    indent = std::min(indent, width_ - least_text);
    hang = std::min(hang, width_ - least_text);
    bool first = true;
    std::size_t span = 0;
    for (std::string_view line : wrap(text, width_ - indent, width_ - hang)) {
        begin_line();
        out_.append(first ? indent : hang, ' ');
        first = false;
        while (!line.empty()) {
            const auto at = static_cast<std::size_t>(line.data() - text.data());
            while (ends[span] <= at) ++span;
            const std::string_view piece = line.substr(0, ends[span] - at);
            write(piece, spans[span].ink);
            line.remove_prefix(piece.size());
        }
        out_ += '\n';
    }
}

void Page::paragraph(std::size_t indent, std::size_t hang, std::string_view text, Ink ink) {
    const Span span{std::string(text), ink};
    paragraph(indent, hang, std::span(&span, 1));
}

void Page::columns(std::size_t indent, std::span<const Cell> cells) {
    std::vector<std::string> texts;
    texts.reserve(cells.size());
    std::vector<std::vector<std::string_view>> lines;
    std::size_t height = 0;
    for (const Cell& cell : cells) {
        texts.push_back(escaped(cell.text));
        lines.push_back(wrap(texts.back(), cell.width, cell.width));
        height = std::max(height, lines.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
        begin_line();
        std::size_t spaces = indent;  // owed, and written only when something follows
        for (std::size_t column = 0; column < cells.size(); ++column) {
            std::size_t used = 0;
            if (line < lines[column].size()) {
                out_.append(spaces, ' ');
                spaces = 0;
                write(lines[column][line], cells[column].ink);
                used = display_width(lines[column][line]);
            }
            spaces += cells[column].width - std::min(used, cells[column].width) + cell_distance;
        }
        out_ += '\n';
    }
}

void Page::verbatim(std::size_t indent, std::span<const std::string> lines) {
    for (const std::string& line : lines) {
        begin_line();
        out_.append(indent, ' ');
        out_ += replaced(escaped(line), no_break_space, " ");
        out_ += '\n';
    }
}

std::string Page::take() { return std::exchange(out_, {}); }

}  // namespace fdnprobe::report
