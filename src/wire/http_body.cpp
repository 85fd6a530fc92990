#include "wire/http_body.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/text.hpp"

namespace fdnprobe::wire::http {
namespace {

/// Fifteen hexadecimal digits fit 64 bits whatever they are; nobody sends a chunk with more.
constexpr std::size_t most_size_digits = 15;
/// A chunk's line holds its size and, hardly ever, an extension.
constexpr std::size_t longest_chunk_line = 256;

std::optional<unsigned> hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
    if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A' + 10);
    return std::nullopt;
}

/// RFC 9112, 7.1: `1*HEXDIG [ chunk-ext ]`.
std::optional<std::uint64_t> chunk_size(std::string_view line) {
    line = trim(line.substr(0, line.find(';')));
    if (line.empty() || line.size() > most_size_digits) return std::nullopt;
    std::uint64_t size = 0;
    for (const char letter : line) {
        const auto digit = hex_digit(letter);
        if (!digit) return std::nullopt;
        size = size << 4U | *digit;
    }
    return size;
}

/// Takes the chunks out of their lines. What follows the last one, perhaps a trailer, is nobody's concern.
Body read_chunks(std::string_view rest) {
    Body body;
    for (;;) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            body.malformed = rest.size() > longest_chunk_line;
            return body;
        }
        const auto size = end > longest_chunk_line ? std::nullopt : chunk_size(rest.substr(0, end));
        if (!size) {
            body.malformed = true;
            return body;
        }
        if (*size == 0) {
            body.complete = true;
            return body;
        }
        rest.remove_prefix(end + 1);
        body.bytes += rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(*size, rest.size())));
        if (*size >= rest.size()) return body;
        rest.remove_prefix(static_cast<std::size_t>(*size));
        const std::size_t line_end = rest.starts_with("\r") ? 1 : 0;
        if (line_end == rest.size()) return body;
        if (rest[line_end] != '\n') {
            body.malformed = true;
            return body;
        }
        rest.remove_prefix(line_end + 1);
    }
}

bool is_chunked(const ResponseHead& head) {
    const auto coding = head.header("Transfer-Encoding");
    // It is always the last of them (RFC 9112, 6.1).
    return coding && lower(*coding).ends_with("chunked");
}

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<std::chrono::seconds> parse_clock(std::string_view text) {
    const auto hour = parse_number(text.substr(0, 2), 0, 23);
    const auto minute = parse_number(text.substr(3, 2), 0, 59);
    const auto second = parse_number(text.substr(6, 2), 0, 60);  // a leap second is one
    if (!hour || !minute || !second || text[2] != ':' || text[5] != ':') return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

}  // namespace

Body read_body(const ResponseHead& head, std::string_view response, bool ended) {
    Body body;
    const std::string_view rest = response.substr(std::min(head.size, response.size()));
    // RFC 9112, 6.3: these have none, whatever their head says.
    if (head.status < 200 || head.status == 204 || head.status == 304) {
        body.complete = true;
        return body;
    }
    if (is_chunked(head)) return read_chunks(rest);
    if (const auto written = head.header("Content-Length")) {
        const auto length = parse_number(*written, 0, std::numeric_limits<long>::max());
        if (!length) {
            body.malformed = true;
            return body;
        }
        body.bytes = rest.substr(0, static_cast<std::size_t>(*length));
        body.complete = body.bytes.size() == static_cast<std::size_t>(*length);
        return body;
    }
    body.bytes = rest;
    body.complete = ended;
    return body;
}

std::optional<std::chrono::sys_seconds> parse_date(std::string_view text) {
    // Every field has its fixed place.
    constexpr std::string_view shape = "Sun, 06 Nov 1994 08:49:37 GMT";
    if (text.size() != shape.size() || !text.ends_with(" GMT") || text.substr(3, 2) != ", ") return std::nullopt;
    const auto* const month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const auto day = parse_number(text.substr(5, 2), 1, 31);
    const auto year = parse_number(text.substr(12, 4), 1970, 9999);
    const auto clock = parse_clock(text.substr(17, 8));
    if (month == months.end() || !day || !year || !clock) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
        std::chrono::day(static_cast<unsigned>(*day)),
    };
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + *clock;
}

}  // namespace fdnprobe::wire::http
