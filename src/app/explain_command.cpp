#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "fdnprobe/verdict.hpp"
#include "judge/reasons.hpp"
#include "report/render.hpp"

namespace fdnprobe::app {
namespace {

std::vector<std::string> all_codes() {
    std::vector<std::string> codes;
    for (const Verdict verdict : all_verdicts()) codes.emplace_back(to_string(verdict));
    for (const Cause cause : all_causes()) codes.emplace_back(to_string(cause));
    for (const State state : all_states()) codes.emplace_back(to_string(state));
    for (const judge::ReasonKind& kind : judge::reason_kinds()) codes.emplace_back(kind.code);
    return codes;
}

/// Every verdict with its causes.
std::string overview() {
    std::string text = "VERDICTS AND THEIR CAUSES (fdnprobe explain CODE)\n";
    for (const Verdict verdict : all_verdicts()) {
        text += fmt::format("\n{}\n", to_string(verdict));
        for (const Cause cause : all_causes())
            if (verdict_of(cause) == verdict) text += fmt::format("  {}\n", to_string(cause));
    }
    text += "\nSTATES OF A ROW\n\n";
    for (const State state : all_states()) text += fmt::format("  {}\n", to_string(state));
    text += "\nREASONS FOR MANY FAILURES\n\n";
    for (const judge::ReasonKind& kind : judge::reason_kinds()) text += fmt::format("  {}\n", kind.code);
    return text;
}

}  // namespace

int explain_command(const std::vector<std::string>& codes) {
    if (codes.empty()) return print(overview()) ? exit_ok : exit_internal;
    report::TableStyle style;
    style.width = output_width();
    style.colour = output_takes_colour();
    bool known = true;
    for (const std::string& code : codes) {
        const std::string text = report::render_explanation(lower(code), style);
        if (text.empty()) {
            const auto near = nearest(code, all_codes());
            complain(fmt::format("'{}' is no verdict, cause, state or reason{}", printable(code),
                                 near ? fmt::format("; did you mean '{}'?", *near)
                                      : std::string("; 'fdnprobe explain' lists them all")));
            known = false;
        } else if (!print(text)) {
            return exit_internal;
        }
    }
    return known ? exit_ok : exit_usage;
}

}  // namespace fdnprobe::app
