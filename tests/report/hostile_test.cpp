// Everything in a report that a far end, a resolver or a file can choose, chosen by somebody who wants to take over the
// reader's terminal.
#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "hostile.hpp"
#include "parsed.hpp"
#include "report/render.hpp"
#include "report/text_layout.hpp"
#include "report/trace.hpp"
#include "trace_file.hpp"

namespace fdnprobe::report {
namespace {

using fixture::hostile_texts;
using fixture::poisoned;

std::size_t widest_line(const std::string& text) {
    std::size_t widest = 0;
    for (const std::string& line : split(text, '\n')) widest = std::max(widest, display_width(line));
    return widest;
}

/// Takes out the colours that a page may write; whatever else is left over is not ours.
std::string without_own_colours(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        bool own = false;
        for (const std::string_view colour :
             {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[35m"}) {
            if (!text.starts_with(colour)) continue;
            text.remove_prefix(colour.size());
            own = true;
            break;
        }
        if (own) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

bool is_clean(const std::string& text) {
    bool ascii = true;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter != '\n' && (byte < 0x20 || byte == 0x7F)) return false;
        ascii = ascii && byte < 0x80;
    }
    if (ascii) return true;
    // What printable() leaves alone has no C1, no bidirectional control and no broken UTF-8 either.
    for (const std::string& line : split(text, '\n'))
        if (printable(line, line.size() + 8) != line) return false;
    return true;
}

TEST_CASE("hostile text: nothing but our own colours and line ends reaches a terminal") {
    for (const std::string& text : hostile_texts()) {
        Report report = poisoned(text);
        INFO("hostile text " << hex(text.substr(0, 32)));
        for (const bool verbose : {false, true}) {
            TableStyle style;
            style.width = 60;
            style.evidence = verbose;
            style.explain = verbose;
            const std::string plain = render_table(report, style);
            CHECK(is_clean(plain));
            CHECK(widest_line(plain) <= style.width);
            style.colour = true;
            CHECK(is_clean(without_own_colours(render_table(report, style))));
            style.colour = false;
            report.planned_only = true;
            const std::string plan = render_plan(report, style);
            CHECK(is_clean(plan));
            CHECK(widest_line(plan) <= style.width);
            report.planned_only = false;
            CHECK(render_explanation(text, style).empty());
        }
    }
}

void check_strings(const Json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        CHECK(text.size() <= 4096);
        CHECK(is_clean(text));
        CHECK(text.find('\n') == std::string::npos);
    } else if (value.is_structured()) {
        for (const auto& item : value) check_strings(item);
    }
}

TEST_CASE("hostile text: JSON stays JSON, with every string escaped and bounded") {
    for (const std::string& text : hostile_texts()) {
        Report report = poisoned(text);
        INFO("hostile text " << hex(text.substr(0, 32)));
        for (const bool planned : {false, true}) {
            report.planned_only = planned;
            const Json document = parsed(render_json(report));
            CHECK(document["checks"].size() == report.checks.size());
            CHECK(document["rows"].size() == report.rows.size());
            check_strings(document);
        }
        report.planned_only = false;
        const std::string line = render_check(report, report.checks.front());
        CHECK(line.find('\n') == line.size() - 1);
        check_strings(parsed(line));
        const std::string last = render_ndjson_summary(report);
        CHECK(last.find('\n') == last.size() - 1);
        check_strings(parsed(last));
    }
}

TEST_CASE("hostile text: a trace is safe to look at, and gives back what was there") {
    for (const std::string& text : hostile_texts()) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        const std::string trace = render_trace(poisoned(text));
        CHECK(is_clean(trace));
        const Report back = trace_file::read(trace).report;
        CHECK(render_trace(back) == trace);
        CHECK(back.checks[0].attempts[0].evidence[0].text == text);
        CHECK(back.checks[0].attempts[0].path->missing == text);
        CHECK(back.reasons[0].summary == text);
    }
}

}  // namespace
}  // namespace fdnprobe::report
