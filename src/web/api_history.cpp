#include "web/api_history.hpp"

#include <chrono>
#include <tuple>

#include "base/text.hpp"
#include "report/render.hpp"
#include "web/parameters.hpp"

namespace fdnprobe::web {
namespace {

constexpr std::string_view path = "/api/v1/history";

/// Of a timeline: six weeks by hours, more than five years by days. What is longer is for nobody to look at.
constexpr long most_periods = 2000;

}  // namespace

Expected<history::Query, std::string> history_query(const Parameters& parameters, WallTime now) {
    if (const auto unknown = unknown_parameter(parameters, {"row", "since", "until", "period"}))
        return Unexpected<std::string>(*unknown);
    history::Query query;
    query.row = parameter(parameters, "row", "");
    for (const auto& [name, otherwise, moment] :
         {std::tuple("since", "24h", &query.from), std::tuple("until", "0s", &query.until)}) {
        const std::string text = parameter(parameters, name, otherwise);
        const auto parsed = parse_moment(text, now);
        if (!parsed)
            return Unexpected<std::string>(std::string(name) +
                                           " is how long ago (24h, 7d) or when (2026-11-20, "
                                           "2026-11-20T06:25:00Z), and not \"" +
                                           printable(text, 80) + "\".");
        *moment = *parsed;
    }
    if (query.from >= query.until) return Unexpected<std::string>("since has to be before until.");
    const std::string period = parameter(parameters, "period", "hour");
    if (period != "hour" && period != "day")
        return Unexpected<std::string>("period is hour or day, and not \"" + printable(period, 80) + "\".");
    query.period = period == "hour" ? std::chrono::hours(1) : std::chrono::hours(24);
    if ((query.until - query.from) / query.period > most_periods)
        return Unexpected<std::string>("That is more than " + std::to_string(most_periods) + " periods" +
                                       (period == "hour" ? "; ask with period=day or for less." : "; ask for less."));
    return query;
}

Answer api_history(history::History* history, const Parameters& parameters, WallTime now) {
    const auto query = history_query(parameters, now);
    if (!query) return refusal(path, 400, query.error());
    if (history == nullptr)
        return refusal(path, 404, "This watch keeps no history. Start it with --history FILE to have one.");
    const auto found = history->ask(*query);
    if (!found) {
        if (found.error().kind == history::Trouble::Kind::busy) return busy(path, found.error().what);
        return refusal(path, 503, found.error().what);
    }
    Answer answer;
    answer.content_type = json_type;
    answer.body = report::render_history_json(*found);
    return answer;
}

}  // namespace fdnprobe::web
