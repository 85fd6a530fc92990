#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "catch.hpp"
#include "judge/judge.hpp"
#include "report/render.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

TableStyle style_of(std::size_t width) {
    TableStyle style;
    style.width = width;
    return style;
}

std::string words(std::string_view text) {
    std::string out;
    for (const char letter : text)
        if (letter != ' ' && letter != '\n') out += letter;
    return out;
}

bool tells(const std::string& page, std::string_view text) {
    return words(page).find(words(text)) != std::string::npos;
}

TEST_CASE("explanation: every cause has all its parts") {
    for (const Cause cause : all_causes()) {
        const std::string page = render_explanation(std::string(to_string(cause)), style_of(60));
        const judge::Explanation explanation = judge::explain(cause);
        INFO(to_string(cause));
        CHECK(tells(page, to_string(verdict_of(cause))));
        CHECK(tells(page, explanation.seen));
        CHECK(tells(page, explanation.means));
        CHECK(tells(page, explanation.advice));
        for (const std::string& line : split(page, '\n')) CHECK(display_width(line) <= 60);
    }
}

TEST_CASE("explanation: a verdict lists its causes") {
    for (const Verdict verdict : all_verdicts()) {
        const std::string page = render_explanation(std::string(to_string(verdict)), style_of(80));
        CHECK(tells(page, judge::explain(verdict)));
        for (const Cause cause : all_causes())
            if (verdict_of(cause) == verdict) CHECK(tells(page, std::string(to_string(cause)) + ":"));
    }
}

TEST_CASE("explanation: a word that is a verdict and a state is explained as both") {
    for (const State state : all_states()) {
        const std::string page = render_explanation(std::string(to_string(state)), style_of(80));
        CHECK(tells(page, judge::explain(state)));
        CHECK(tells(page, "the state of a row"));
        CHECK(tells(page, "the verdict of a check") == verdict_from(to_string(state)).has_value());
    }
}

TEST_CASE("explanation: case and spaces do not matter, unknown words give nothing") {
    CHECK(render_explanation(" TimeOut ", style_of(80)) == render_explanation("timeout", style_of(80)));
    CHECK(render_explanation("no-such-cause", style_of(80)).empty());
    CHECK(render_explanation("", style_of(80)).empty());
}

}  // namespace
}  // namespace fdnprobe::report
