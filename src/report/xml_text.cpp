#include "report/xml_text.hpp"

#include "base/text.hpp"

namespace fdnprobe::report {
namespace {

void append_line(std::string& out, std::string_view raw) {
    // Escaping makes at most "\u{10FFFF}" of four bytes, or "\xNN" of one: the limit is never what ends it.
    for (const char letter : printable(raw, raw.size() * 4 + 8)) switch (letter) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;  // "]]>" must not stand in content (2.4)
            case '"': out += "&quot;"; break;
            default: out += letter;
        }
}

}  // namespace

std::string xml_text(std::string_view raw) {
    std::string out;
    for (std::size_t end = raw.find('\n'); end != std::string_view::npos; end = raw.find('\n')) {
        append_line(out, raw.substr(0, end));
        out += '\n';
        raw.remove_prefix(end + 1);
    }
    append_line(out, raw);
    return out;
}

}  // namespace fdnprobe::report
