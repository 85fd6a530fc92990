#include "report/html_path.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/path_text.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// What a verdict says of the hop that it names.
std::string_view mark_words(Verdict verdict) {
    switch (verdict) {
        case Verdict::blocked: return "it dies here";
        case Verdict::intercepted: return "answered here";
        case Verdict::closed: return "refused here";
        default: return "seen here";
    }
}

class PathDrawing {
  public:
    PathDrawing(Html& html, Verdict verdict, const std::optional<Where>& where)
        : html_(html), verdict_(verdict), where_(where) {}

    void end(std::string_view name, std::string_view text) {
        const auto item = html_.element("li", {{"class", "end"}});
        html_.leaf("b", name);
        if (!text.empty()) html_.text(fmt::format(" {}", text));
    }

    void hop(const HopLine& line) {
        const bool marked = where_ && where_->hop && *where_->hop == line.hop;
        const bool silent = line.answers.starts_with("silence");
        const auto item = html_.element("li", {{"class", marked   ? "hop marked"
                                                         : silent ? "hop silent"
                                                                  : "hop"},
                                               {"data-hop", fmt::format("{}", line.hop)}});
        html_.leaf("b", fmt::format("hop {}", line.hop));
        html_.text(" " + line.answers);
        if (!line.control.empty()) html_.leaf("span", {{"class", "control"}}, " control: " + line.control);
        if (marked) {
            html_.text(" ");
            html_.leaf("strong", mark_words(verdict_));
        }
    }

  private:
    Html& html_;
    Verdict verdict_;
    const std::optional<Where>& where_;
};

}  // namespace

void html_path(Html& html, const Attempt* attempt, Verdict verdict, const std::optional<Where>& where) {
    const PathFacts* const path = attempt == nullptr ? nullptr : attempt->path.get();
    std::vector<HopLine> hops;
    if (path != nullptr) hops = hop_lines(*path);
    const bool names_hop = where && where->hop;
    const bool drawn = std::any_of(hops.begin(), hops.end(),
                                   [&](const HopLine& line) { return names_hop && line.hop == *where->hop; });
    if (names_hop && !drawn) {
        const HopLine known{*where->hop, where->address ? where->address->to_string() : "", ""};
        const auto after =
            std::find_if(hops.begin(), hops.end(), [&](const HopLine& line) { return line.hop > *where->hop; });
        hops.insert(after, known);
    }
    if (hops.empty() && path == nullptr) return;

    const auto figure = html.element("figure", {{"class", "way"}});
    {
        const auto caption = html.element("figcaption");
        html.text(path == nullptr ? std::string("The way of the packets")
                                  : fmt::format("The way of the packets, {}", control_words(*path)));
    }
    {
        const auto list = html.element("ol", {{"class", "path"}});
        PathDrawing drawing(html, verdict, where);
        const bool has_local = attempt != nullptr && attempt->local;
        drawing.end("this host", has_local ? attempt->local->address.to_string() : "");
        for (const HopLine& line : hops) drawing.hop(line);
        if (attempt != nullptr && attempt->destination)
            drawing.end("destination",
                        where && where->destination_hop
                            ? fmt::format("{}, hop {}", attempt->destination->to_string(), *where->destination_hop)
                            : attempt->destination->to_string());
    }
    if (path == nullptr) return;
    if (hops.empty()) html.leaf("p", {{"class", "aside"}}, "No packet was sent.");
    if (!path->complete) html.leaf("p", {{"class", "aside"}}, "Not every hop had its turn.");
    if (!path->missing.empty()) html.leaf("p", {{"class", "aside"}}, shown_sentence(path->missing));
}

}  // namespace fdnprobe::report
