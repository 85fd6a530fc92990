#include "web/api_report.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "report/render.hpp"
#include "web/parameters.hpp"
#include "web/security.hpp"

namespace fdnprobe::web {
namespace {

constexpr std::string_view path = "/api/v1/report";

struct Format {
    std::string_view name;
    std::string_view ending;
    std::string_view content_type;
    std::string (*render)(const Report&);
};

std::string junit(const Report& report) { return report::render_junit(report, {}); }

constexpr std::array<Format, 5> formats{{
    {"json", "json", json_type, report::render_json},
    {"csv", "csv", "text/csv; charset=utf-8", report::render_csv},
    {"markdown", "md", "text/markdown; charset=utf-8", report::render_markdown},
    {"html", "html", html_type, report::render_html},
    {"junit", "xml", "application/xml", junit},
}};

/// `fdnprobe-branch-17-20261120T062500Z.json`: letters, digits and dashes, whatever the site is called.
std::string file_name(const Report& report, std::string_view ending) {
    // RFC 3339 without what file systems mind: the seconds suffice.
    std::string time = to_rfc3339(report.started).substr(0, 19) + "Z";
    std::erase_if(time, [](char letter) { return letter == '-' || letter == ':'; });
    std::string site = slug(report.vantage.site.empty() ? report.vantage.host : report.vantage.site);
    std::erase_if(site, [](char letter) {
        return !(letter >= 'a' && letter <= 'z') && !(letter >= '0' && letter <= '9') && letter != '-';
    });
    // A file name of any system has room for 255 bytes.
    return "fdnprobe-" + (site.empty() ? "" : site.substr(0, 64) + "-") + time + "." + std::string(ending);
}

}  // namespace

Answer api_report(const Snapshot* snapshot, const Parameters& parameters) {
    if (const auto unknown = unknown_parameter(parameters, {"format", "download"})) return refusal(path, 400, *unknown);
    const std::string name = parameter(parameters, "format", "json");
    const auto* const format =
        std::find_if(formats.begin(), formats.end(), [&](const Format& one) { return one.name == name; });
    if (format == formats.end())
        return refusal(path, 400,
                       "format is json, csv, markdown, html or junit, and not \"" + printable(name, 80) + "\".");
    const std::string download = parameter(parameters, "download", "0");
    if (download != "0" && download != "1") return refusal(path, 400, "download is 0 or 1.");
    if (snapshot == nullptr) return busy(path, "The first run has not ended yet.");

    Answer answer;
    answer.content_type = format->content_type;
    answer.body = format->render(snapshot->report);
    if (name == "html") answer.headers.emplace_back("Content-Security-Policy", policy_for_own_style(answer.body));
    if (download == "1")
        answer.headers.emplace_back("Content-Disposition",
                                    "attachment; filename=\"" + file_name(snapshot->report, format->ending) + "\"");
    return answer;
}

}  // namespace fdnprobe::web
