#include "app/presentation.hpp"

#include "app/terminal.hpp"
#include "judge/judge.hpp"
#include "report/render.hpp"

namespace fdnprobe::app {
namespace {

/// Of a file, which is as wide as whoever reads it makes it.
constexpr std::size_t file_width = 100;
/// UNKNOWN, as Nagios' plugins have it.
constexpr int nagios_unknown = 3;

}  // namespace

std::vector<State> accepted_states(const CheckOptions& options, const Site& site) {
    std::vector<State> accepted = site.accept;
    for (const std::string& code : options.accept)
        if (const auto state = state_from(code)) accepted.push_back(*state);
    return accepted;
}

std::string present(const Report& report, const Presentation& presentation, std::span<const State> accepted) {
    const std::string& format = presentation.format;
    if (format == "json") return report::render_json(report);
    if (format == "ndjson") return report::render_ndjson_summary(report);
    if (format == "csv") return report::render_csv(report);
    if (format == "markdown") return report::render_markdown(report);
    if (format == "html") return report::render_html(report);
    if (format == "junit") return report::render_junit(report, accepted);
    if (format == "prometheus") return report::render_prometheus(report);
    if (format == "nagios") return report::render_nagios(report, accepted);
    report::TableStyle style;
    style.width = presentation.output.empty() ? output_width() : file_width;
    style.colour = !presentation.no_colour && presentation.output.empty() && output_takes_colour();
    style.evidence = presentation.verbose;
    style.explain = presentation.explain;
    style.quiet = presentation.quiet;
    return report::render_table(report, style);
}

int exit_code_of(const Report& report, const Presentation& presentation, std::span<const State> accepted) {
    return presentation.format == "nagios" ? judge::nagios_code(report, accepted) : judge::exit_code(report, accepted);
}

int exit_code_as(std::string_view format, int code) { return format == "nagios" ? nagios_unknown : code; }

}  // namespace fdnprobe::app
