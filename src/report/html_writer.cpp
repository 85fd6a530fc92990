#include "report/html_writer.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/html_style.hpp"

namespace fdnprobe::report {
namespace {

/// An escaped byte takes at most this many: `\u{10FFFF}` for a character of three or four.
constexpr std::size_t longest_escape = 10;

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) { return letter >= ' ' && letter <= '~'; });
}

}  // namespace

void Html::doctype() { out_ += "<!DOCTYPE html>\n"; }

Html::Element Html::element(HtmlName name, Attributes attributes) {
    open(name, attributes);
    out_ += '>';
    return {*this, name};
}

void Html::leaf(HtmlName name, Attributes attributes, std::string_view content) {
    open(name, attributes);
    out_ += '>';
    text(content);
    close(name);
}

void Html::empty(HtmlName name, Attributes attributes) {
    open(name, attributes);
    out_ += "/>";
}

void Html::text(std::string_view text) {
    if (is_plain(text))
        escape(text);
    else
        escape(printable(text, text.size() * longest_escape));
}

void Html::stylesheet() {
    out_ += "<style>";
    out_ += html_style;
    out_ += "</style>";
}

void Html::open(HtmlName name, Attributes attributes) {
    out_ += '<';
    out_ += name.text();
    for (const HtmlAttribute& attribute : attributes) {
        if (!attribute.present) continue;
        out_ += ' ';
        out_ += attribute.name.text();
        out_ += "=\"";
        text(attribute.value);
        out_ += '"';
    }
}

void Html::close(HtmlName name) {
    out_ += "</";
    out_ += name.text();
    out_ += '>';
    // Whoever reads the source finds one thing a line.
    if (name.text() == "p" || name.text() == "div" || name.text() == "tr" || name.text() == "li") out_ += '\n';
}

void Html::escape(std::string_view text) {
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find_first_of("&<>\"'"), text.size());
        out_ += text.substr(0, plain);
        if (plain == text.size()) return;
        switch (text[plain]) {
            case '&': out_ += "&amp;"; break;
            case '<': out_ += "&lt;"; break;
            case '>': out_ += "&gt;"; break;
            case '"': out_ += "&quot;"; break;
            default: out_ += "&#39;"; break;
        }
        text.remove_prefix(plain + 1);
    }
}

}  // namespace fdnprobe::report
