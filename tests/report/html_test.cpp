#include "report/html_writer.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "full_fixture.hpp"
#include "hostile.hpp"
#include "report/html_path.hpp"
#include "report/html_summary.hpp"
#include "report/html_words.hpp"
#include "report/render.hpp"
#include "well_formed.hpp"

namespace fdnprobe::report {
namespace {

using well_formed::Document;

TEST_CASE("html: text and attributes are escaped, whatever they hold") {
    Html html;
    {
        const std::string sly = "<b title=\"x\" class='y'>&amp;";
        const auto element = html.element("p", {{"class", sly}, {"title", "left out", false}});
        html.text(sly);
        html.empty("br");
        html.leaf("i", "\x1b[2J\xff");
    }
    CHECK(html.take() ==
          "<p class=\"&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;\">"
          "&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;<br/><i>\\x1b[2J\\xff</i></p>\n");
}

TEST_CASE("html: the reader of these tests notices what is not well-formed") {
    CHECK(well_formed::read("<p class=\"a b\">x &amp; y<br/></p>").mistakes.empty());
    CHECK(well_formed::read("<p class=\"a b\"></p>").classes == std::vector<std::string>{"a", "b"});
    for (const char* bad :
         {"<p>", "<p></b>", "</p>", "<p>a & b</p>", "<p>a > b</p>", "<p class=x></p>", "< p></p>",
          "<p class=\"a\" class=\"b\"></p>", "<p class=\"<\"></p>", "<style>a & b</style>", "<p\n></p>"}) {
        INFO(bad);
        CHECK_FALSE(well_formed::read(bad).mistakes.empty());
    }
}

/// What every document of this program has to be.
void check_document(const Document& document) {
    CHECK(document.mistakes == std::vector<std::string>());
    for (const std::string& name : document.names) {
        INFO(name);
        CHECK(name.substr(0, 6) != "script");
        CHECK(name.find(" on") == std::string::npos);
        CHECK(name.find(" style") == std::string::npos);
        CHECK_FALSE(name.starts_with("img"));
    }
    for (const std::string& link : document.links) {
        INFO(link);
        CHECK((link.starts_with("#") || link == "data:,"));
    }
}

TEST_CASE("html: a report is one well-formed document that runs nothing and asks for nothing") {
    for (const Report& report : {fixture::busy_site(), fixture::looked_at_again(), fixture::quiet_night(), Report{}}) {
        const std::string text = render_html(report);
        CHECK(text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
        CHECK(text.find("default-src &#39;none&#39;") != std::string::npos);
        check_document(well_formed::read(text));
    }
}

TEST_CASE("html: nothing that comes from elsewhere becomes a part of the document") {
    const auto harmless = well_formed::read(render_html(fixture::poisoned("harmless")));
    std::vector<std::string> texts = well_formed::escape_attempts();
    for (const std::string& text : fixture::hostile_texts()) texts.push_back(text);
    for (const std::string& text : texts) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        const auto document = well_formed::read(render_html(fixture::poisoned(text)));
        check_document(document);
        for (const std::string& name : document.names) {
            INFO(name);
            CHECK(harmless.names.contains(name));
        }
        for (const std::string& name : document.classes)
            CHECK(std::find(harmless.classes.begin(), harmless.classes.end(), name) != harmless.classes.end());
        CHECK(std::all_of(document.text.begin(), document.text.end(),
                          [](char letter) { return letter == '\n' || static_cast<unsigned char>(letter) >= ' '; }));
    }
}

TEST_CASE("html: a report says from where, when, what fails and why, what to do and what was seen") {
    const auto document = well_formed::read(render_html(fixture::busy_site()));
    for (const char* said :
         {"branch-17", "from probe-17 (site branch-17; resolver 10.0.0.53)", "2026-11-20 06:25 UTC", "Cloud App DB",
          "reset-on-path", "The device at hop 1 (10.0.0.1) reset the connection to d.fortiguard.net.",
          "To do (network): Ask whoever runs 10.0.0.1 to let TCP/9582 pass to 192.0.2.13.", "tls-intercepted",
          "What to do first", "173.243.138.66 from 10.0.0.53", "fortinet-ca2", "2025-01-02 to 9999-12-31", "NXDOMAIN",
          "Worth knowing: 2001:db8::20 did not answer", "FortiAnalyzer is not configured"}) {
        INFO(said);
        CHECK(document.text.find(said) != std::string::npos);
    }
    const Report again = fixture::looked_at_again();
    const auto reasons = well_formed::read(render_html(again));
    const std::size_t reason = reasons.text.find(again.reasons.front().summary);
    REQUIRE(reason != std::string::npos);
    CHECK(reason < reasons.text.find(again.rows.front().row.purpose));
    CHECK(std::find(reasons.links.begin(), reasons.links.end(), "#reason-1") != reasons.links.end());
    CHECK(reasons.text.find("What each resolver said") != std::string::npos);
}

std::string drawn(const Attempt* attempt, Verdict verdict, const std::optional<Where>& where) {
    Html html;
    html_path(html, attempt, verdict, where);
    return html.take();
}

TEST_CASE("html: a path has a stop for each hop, and marks the one that is named") {
    Attempt attempt;
    attempt.local = SocketAddress{fixture::address("10.0.0.9"), 40001};
    attempt.destination = SocketAddress{fixture::address("192.0.2.10"), 9582};
    attempt.path = fixture::dropped_path();
    const Where where{2, fixture::address("198.51.100.1"), 4};
    const std::string text = drawn(&attempt, Verdict::blocked, where);
    CHECK(well_formed::read(text).mistakes.empty());
    CHECK(text.find("class=\"hop marked\" data-hop=\"2\"") != std::string::npos);
    CHECK(text.find("it dies here") != std::string::npos);
    CHECK(text.find("class=\"hop silent\" data-hop=\"3\"") != std::string::npos);
    CHECK(text.find("Not every hop had its turn.") != std::string::npos);
    CHECK(drawn(&attempt, Verdict::intercepted, where).find("answered here") != std::string::npos);
    CHECK(drawn(&attempt, Verdict::blocked, std::nullopt).find("marked") == std::string::npos);

    SECTION("a hop that nothing was sent to is put in its place") {
        const std::string four = drawn(&attempt, Verdict::blocked, Where{4, std::nullopt, std::nullopt});
        CHECK(four.find("data-hop=\"3\"") < four.find("class=\"hop marked\" data-hop=\"4\""));
    }
    SECTION("without a path the place alone is drawn") {
        attempt.path.reset();
        CHECK(drawn(&attempt, Verdict::blocked, where).find("class=\"hop marked\" data-hop=\"2\"") !=
              std::string::npos);
        CHECK(drawn(&attempt, Verdict::blocked, std::nullopt).empty());
        CHECK(drawn(nullptr, Verdict::blocked, Where{}).empty());
    }
}

TEST_CASE("html: states and verdicts have a colour, a shape and the word") {
    for (const State state : all_states()) {
        Html html;
        html_state(html, state);
        const std::string text = html.take();
        CHECK(text.find(to_string(state)) != std::string::npos);
        CHECK(text.find("badge " + std::string(tone_of(state))) != std::string::npos);
        CHECK(text.find("d=\"M") != std::string::npos);
    }
    for (const Verdict verdict : all_verdicts()) {
        Html html;
        html_verdict(html, verdict);
        CHECK(html.take().find(to_string(verdict)) != std::string::npos);
    }
}

TEST_CASE("html: the title says what fails, and where nothing does, how it stands") {
    CHECK(title_words(fixture::busy_site()).find("blocked") != std::string::npos);
    CHECK(title_words(fixture::quiet_night()) == "2 reachable");
}

}  // namespace
}  // namespace fdnprobe::report
