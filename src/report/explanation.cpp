#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/judge.hpp"
#include "judge/reasons.hpp"
#include "report/palette.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::size_t indent = 2;

void write_parts(Page& page, const judge::Explanation& explanation) {
    const auto part = [&](std::string_view heading, std::string_view text) {
        if (text.empty()) return;
        page.gap();
        page.paragraph(0, indent, heading, Ink::strong);
        page.paragraph(indent, indent, text);
    };
    part("What was seen", explanation.seen);
    part("What it means", explanation.means);
    part("What to do", explanation.advice);
}

void write_cause(Page& page, Cause cause) {
    const Verdict verdict = verdict_of(cause);
    const std::vector<Span> title{{std::string(to_string(cause)), Ink::strong},
                                  {", a cause of the verdict ", Ink::plain},
                                  {std::string(to_string(verdict)), ink_of(verdict)}};
    page.paragraph(0, indent, title);
    write_parts(page, judge::explain(cause));
}

void write_reason(Page& page, const judge::ReasonKind& kind) {
    const std::vector<Span> title{{std::string(kind.code), Ink::strong}, {", a reason for many failures", Ink::plain}};
    page.paragraph(0, indent, title);
    write_parts(page, kind.explanation);
}

void write_verdict(Page& page, Verdict verdict) {
    const std::vector<Span> title{{std::string(to_string(verdict)), ink_of(verdict)}, {", the verdict of a check"}};
    page.paragraph(0, indent, title);
    page.paragraph(indent, indent, judge::explain(verdict));
    page.gap();
    page.paragraph(0, indent, "Its causes", Ink::strong);
    for (const Cause cause : all_causes()) {
        if (verdict_of(cause) != verdict) continue;
        const std::string name(to_string(cause));
        page.paragraph(indent, indent + 2, fmt::format("{}: {}", name, judge::explain(cause).seen));
    }
}

void write_state(Page& page, State state) {
    const std::vector<Span> title{{std::string(to_string(state)), ink_of(state)}, {", the state of a row"}};
    page.paragraph(0, indent, title);
    page.paragraph(indent, indent, judge::explain(state));
}

}  // namespace

std::string render_explanation(const std::string& code, const TableStyle& style) {
    const std::string word = lower(trim(code));
    Page page(style.width, style.colour);
    if (const auto cause = cause_from(word)) write_cause(page, *cause);
    // `blocked` and others are both the verdict of a check and the state of a row.
    if (const auto verdict = verdict_from(word)) write_verdict(page, *verdict);
    page.gap();
    if (const auto state = state_from(word)) write_state(page, *state);
    page.gap();
    // `no-route` and others are the cause of one check and the reason of many.
    if (const judge::ReasonKind* const kind = judge::reason_kind(word)) write_reason(page, *kind);
    return page.take();
}

}  // namespace fdnprobe::report
