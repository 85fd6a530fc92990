#include "report/html_words.hpp"

#include <fmt/format.h>

#include "base/time.hpp"
#include "report/palette.hpp"

namespace fdnprobe::report {
namespace {

std::string_view tone_of(Ink ink) {
    switch (ink) {
        case Ink::good: return "good";
        case Ink::warn: return "warn";
        case Ink::bad: return "bad";
        case Ink::own: return "own";
        case Ink::plain:
        case Ink::faint:
        case Ink::strong: return "faint";
    }
    return {};
}

// Shapes in a square of 16; what a second outline encloses is left out.
constexpr std::string_view tick = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM6.9 11.6 3.7 8.4 5 7.1l1.9 1.9 4.1-4.1 1.3 1.3z";
constexpr std::string_view half = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM8 2.8a5.2 5.2 0 0 1 0 10.4z";
constexpr std::string_view dot =
    "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM8 2.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8zM8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 "
    "2.3 0 0 0 0-4.6z";
constexpr std::string_view warning = "M8 1 15.6 15H.4zM7.1 6v4.4h1.8V6zM7.1 11.4v1.8h1.8v-1.8z";
constexpr std::string_view bar = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM3.6 6.9v2.2h8.8V6.9z";
constexpr std::string_view cross =
    "M2 2h12v12H2zM5.3 4.1 4.1 5.3 6.8 8l-2.7 2.7 1.2 1.2L8 9.2l2.7 2.7 1.2-1.2L9.2 8l2.7-2.7-1.2-1.2L8 6.8z";
constexpr std::string_view diamond = "M8 .4 15.6 8 8 15.6.4 8zM7.1 4.2v4.6h1.8V4.2zM7.1 9.8v1.8h1.8V9.8z";
constexpr std::string_view ring = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM8 2.4a5.6 5.6 0 1 1 0 11.2A5.6 5.6 0 0 1 8 2.4z";

std::string_view mark_of(State state) {
    switch (state) {
        case State::reachable: return tick;
        case State::degraded: return half;
        case State::inconclusive: return dot;
        case State::untrusted:
        case State::broken:
        case State::intercepted: return warning;
        case State::blocked: return bar;
        case State::unresolved: return cross;
        case State::local: return diamond;
        case State::unconfigured: return ring;
    }
    return {};
}

std::string_view mark_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::reachable: return tick;
        case Verdict::inconclusive: return dot;
        case Verdict::untrusted:
        case Verdict::broken:
        case Verdict::intercepted: return warning;
        case Verdict::closed:
        case Verdict::blocked: return bar;
        case Verdict::unresolved: return cross;
        case Verdict::local: return diamond;
        case Verdict::skipped: return ring;
    }
    return {};
}

void html_badge(Html& html, std::string_view tone, std::string_view mark, std::string_view word) {
    const auto badge = html.element("span", {{"class", fmt::format("badge {}", tone)}});
    {
        const auto picture =
            html.element("svg", {{"class", "mark"}, {"viewBox", "0 0 16 16"}, {"aria-hidden", "true"}});
        html.empty("path", {{"d", mark}, {"fill-rule", "evenodd"}});
    }
    html.text(word);
}

}  // namespace

std::string_view tone_of(State state) { return tone_of(ink_of(state)); }
std::string_view tone_of(Verdict verdict) { return tone_of(ink_of(verdict)); }

void html_state(Html& html, State state) { html_badge(html, tone_of(state), mark_of(state), to_string(state)); }
void html_verdict(Html& html, Verdict verdict) {
    html_badge(html, tone_of(verdict), mark_of(verdict), to_string(verdict));
}

std::string shown_time(std::chrono::system_clock::time_point time) {
    std::string text = to_rfc3339(time).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

void html_time(Html& html, std::chrono::system_clock::time_point time) {
    html.leaf("time", {{"datetime", to_rfc3339(time)}}, shown_time(time));
}

std::string shown_where(const Where& where) {
    std::string text;
    if (where.hop) text = fmt::format("hop {}", *where.hop);
    if (where.address) text += text.empty() ? where.address->to_string() : " (" + where.address->to_string() + ")";
    if (where.destination_hop)
        text += fmt::format("{}the destination is at hop {}", text.empty() ? "" : "; ", *where.destination_hop);
    return text;
}

std::string shown_finding(const Conclusion& conclusion) {
    // "inconclusive" has said already how sure it is.
    const bool plain = conclusion.confidence == Confidence::proven || conclusion.verdict == Verdict::inconclusive;
    return fmt::format("{} ({}){}", to_string(conclusion.verdict), to_string(conclusion.cause),
                       plain ? "" : fmt::format(", {}", to_string(conclusion.confidence)));
}

void html_fact(Html& html, std::string_view term, std::string_view description) {
    if (description.empty()) return;
    const auto fact = html.element("div");
    html.leaf("dt", term);
    html.leaf("dd", description);
}

}  // namespace fdnprobe::report
