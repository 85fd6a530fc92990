#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <numeric>

namespace fdnprobe {
namespace {

constexpr char32_t invalid = 0xFFFFFFFF;

/// Takes one UTF-8 sequence (RFC 3629) off `text`; `invalid` takes one byte.
char32_t take_code_point(std::string_view& text) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = byte(0);
    std::size_t length = 1;
    char32_t point = first;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
        point = first & 0x1FU;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        point = first & 0x0FU;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        point = first & 0x07U;
    } else if (first >= 0x80) {
        text.remove_prefix(1);
        return invalid;
    }
    bool good = text.size() >= length;
    for (std::size_t index = 1; good && index < length; ++index) {
        good = (byte(index) & 0xC0U) == 0x80U;
        point = (point << 6U) | (byte(index) & 0x3FU);
    }
    // Overlong forms, surrogates and what lies past U+10FFFF.
    if (good && ((length == 3 && (point < 0x800 || (point >= 0xD800 && point <= 0xDFFF))) ||
                 (length == 4 && (point < 0x10000 || point > 0x10FFFF))))
        good = false;
    text.remove_prefix(good ? length : 1);
    return good ? point : invalid;
}

/// Code points that move the cursor, reorder what stands beside them, cannot be seen, or are not characters at all.
bool unsafe(char32_t point) {
    struct Range {
        char32_t first;
        char32_t last;
    };
    constexpr std::array ranges{
        Range{0x0000, 0x001F},    // C0
        Range{0x007F, 0x009F},    // DEL, C1
        Range{0x00AD, 0x00AD},    // soft hyphen
        Range{0x034F, 0x034F},    // grapheme joiner
        Range{0x061C, 0x061C},    // Arabic letter mark
        Range{0x115F, 0x1160},    // Hangul fillers
        Range{0x17B4, 0x17B5},    // Khmer inherent vowels
        Range{0x180B, 0x180F},    // Mongolian selectors
        Range{0x200B, 0x200F},    // zero width, direction marks
        Range{0x2028, 0x202E},    // line and paragraph separators, bidirectional controls
        Range{0x2060, 0x206F},    // invisible operators, bidirectional isolates
        Range{0x2800, 0x2800},    // a Braille cell without a dot
        Range{0x3164, 0x3164},    // Hangul filler
        Range{0xFDD0, 0xFDEF},    // noncharacters
        Range{0xFE00, 0xFE0F},    // variation selectors
        Range{0xFEFF, 0xFEFF},    // byte order mark
        Range{0xFFA0, 0xFFA0},    // half-width Hangul filler
        Range{0xFFF0, 0xFFFB},    // unassigned, interlinear annotation
        Range{0x1BCA0, 0x1BCA3},  // shorthand format controls
        Range{0x1D173, 0x1D17A},  // musical format controls
        Range{0xE0000, 0x10FFFF}  // tags, more selectors, private use planes
    };
    return (point & 0xFFFEU) == 0xFFFEU ||  // the last two of every plane are noncharacters
           std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& range) { return point >= range.first && point <= range.last; });
}

char ascii_lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

void append_hex(std::string& out, std::uint32_t value, int least_digits) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (; value != 0 || least_digits > 0; value >>= 4U, --least_digits) text.insert(0, 1, digits[value & 0xFU]);
    out += text;
}

}  // namespace

std::string printable(std::string_view raw, std::size_t limit) {
    constexpr std::string_view cut = "...";
    const auto plain = [](char byte) { return byte >= 0x20 && byte < 0x7F; };
    if (raw.size() <= limit && std::all_of(raw.begin(), raw.end(), plain)) return std::string(raw);
    std::string out;
    std::size_t safe_end = 0;  // where the cut mark can go without passing the limit
    while (!raw.empty()) {
        const std::string_view before = raw;
        const char32_t point = take_code_point(raw);
        std::string piece;
        if (point == invalid || point < 0x80) {
            const auto byte = static_cast<unsigned char>(before[0]);
            if (point != invalid && !unsafe(point)) {
                piece = before.substr(0, 1);
            } else {
                piece = "\\x";
                append_hex(piece, byte, 2);
            }
        } else if (unsafe(point)) {
            piece = "\\u{";
            append_hex(piece, point, 1);
            piece += '}';
        } else {
            piece = before.substr(0, before.size() - raw.size());
        }
        if (out.size() + piece.size() > limit) {
            out.resize(safe_end);
            if (limit >= cut.size()) out += cut;
            return out;
        }
        out += piece;
        if (out.size() + cut.size() <= limit) safe_end = out.size();
    }
    return out;
}

bool glob_match(std::string_view pattern, std::string_view text) {
    // A character is a UTF-8 sequence: its first byte, and the bytes of the form 10xxxxxx after it.
    const auto after = [&](std::size_t index) {
        ++index;
        while (index < text.size() && (static_cast<unsigned char>(text[index]) & 0xC0U) == 0x80U) ++index;
        return index;
    };
    // Iterative: a star is remembered and lengthened on failure, so that no pattern costs more than |pattern|*|text|.
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && pattern[p] == '?') {
            ++p;
            t = after(t);
        } else if (p < pattern.size() && ascii_lower(pattern[p]) == ascii_lower(text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = star_text = after(star_text);
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string slug(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        const char small = ascii_lower(letter);
        const bool word = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
        if (word)
            out += small;
        else if (!out.empty() && out.back() != '-')
            out += '-';
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    return out;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    // Damerau-Levenshtein distance (optimal string alignment); a third of the word may be wrong, never all of it.
    const std::string wanted = lower(word.substr(0, 64));
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::string have = lower(std::string_view(candidate).substr(0, 64));
        std::vector<std::size_t> two_above;
        std::vector<std::size_t> above(have.size() + 1);
        std::iota(above.begin(), above.end(), std::size_t{0});
        for (std::size_t i = 1; i <= wanted.size(); ++i) {
            std::vector<std::size_t> row(have.size() + 1, i);
            for (std::size_t j = 1; j <= have.size(); ++j) {
                const std::size_t change = above[j - 1] + (wanted[i - 1] == have[j - 1] ? 0 : 1);
                row[j] = std::min({change, above[j] + 1, row[j - 1] + 1});
                if (i > 1 && j > 1 && wanted[i - 1] == have[j - 2] && wanted[i - 2] == have[j - 1])
                    row[j] = std::min(row[j], two_above[j - 2] + 1);
            }
            two_above = std::move(above);
            above = std::move(row);
        }
        if (above.back() < best_distance && above.back() < std::max(wanted.size(), have.size())) {
            best_distance = above.back();
            best = candidate;
        }
    }
    return best;
}

std::string shell_word(std::string_view text) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,@%+";
    if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
    std::string word = "'";
    for (const char letter : text) {
        // Inside single quotes nothing is special but their end.
        if (letter == '\'')
            word += "'\\''";
        else
            word += letter;
    }
    return word + '\'';
}

std::string hex(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes) append_hex(out, static_cast<unsigned char>(byte), 2);
    return out;
}

std::optional<long> parse_number(std::string_view text, long low, long high) {
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
    return value;
}

}  // namespace fdnprobe
