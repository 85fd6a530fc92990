#include "web/page_latency.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "report/html_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::web {
namespace {

using report::Html;

// The picture's own units; it is stretched to the width that there is.
constexpr double width = 600;
constexpr double height = 100;

std::string shown_ms(double milliseconds) {
    return report::shown_span(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double, std::milli>(milliseconds)));
}

/// The least of 1, 2 and 5 times a power of ten that is not below `value`: what an axis ends at.
double axis_end(double value) {
    if (!(value > 0)) return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double times : {1.0, 2.0, 5.0})
        if (value <= times * power) return times * power;
    return 10 * power;
}

class Chart {
  public:
    Chart(Html& html, const std::vector<LatencyPeriod>& periods)
        : html_(html), periods_(periods), from_(periods.front().from), until_(periods.back().until) {
        double most = 0;
        for (const LatencyPeriod& period : periods) most = std::max(most, period.most_ms);
        end_ = axis_end(most);
    }

    void write(std::string_view words) {
        const auto frame = html_.element("div", {{"class", "chart"}});
        {
            const auto axis = html_.element("div", {{"class", "y-axis"}, {"aria-hidden", "true"}});
            html_.leaf("span", shown_ms(end_));
            html_.leaf("span", shown_ms(end_ / 2));
            html_.leaf("span", "0");
        }
        {
            const auto picture = html_.element("svg", {{"class", "latency"},
                                                       {"viewBox", fmt::format("0 0 {} {}", width, height)},
                                                       {"preserveAspectRatio", "none"},
                                                       {"role", "img"},
                                                       {"aria-label", words}});
            for (const double y : {0.0, height / 2, height})
                html_.empty("path", {{"class", "grid"}, {"d", fmt::format("M0 {0}H{1}", y, width)}});
            for (std::size_t first = 0; first < periods_.size();) first = draw_from(first);
        }
        const auto axis = html_.element("div", {{"class", "x-axis"}});
        report::html_time(html_, from_);
        report::html_time(html_, until_);
    }

  private:
    [[nodiscard]] double x(WallTime time) const {
        const auto all = std::chrono::duration<double>(until_ - from_).count();
        return all <= 0 ? width / 2 : std::chrono::duration<double>(time - from_).count() / all * width;
    }
    [[nodiscard]] double y(double milliseconds) const { return height - milliseconds / end_ * height; }
    [[nodiscard]] double middle(const LatencyPeriod& period) const { return (x(period.from) + x(period.until)) / 2; }

    /// Draws up to the next gap, in which nothing answered; returns the first period behind it.
    [[nodiscard]] std::size_t draw_from(std::size_t first) {
        std::size_t end = first + 1;
        while (end < periods_.size() && periods_[end].from <= periods_[end - 1].until) ++end;
        std::string upper;
        std::string lower;
        std::string line;
        for (std::size_t index = first; index < end; ++index) {
            const LatencyPeriod& period = periods_[index];
            // A single period has a width too.
            const double left = index == first ? x(period.from) : middle(period);
            const double right = index + 1 == end ? x(period.until) : middle(period);
            for (const double at : {left, right}) {
                const std::string_view step = upper.empty() ? "M" : "L";
                upper += fmt::format("{}{:.1f} {:.1f}", step, at, y(period.most_ms));
                line += fmt::format("{}{:.1f} {:.1f}", step, at, y(period.mean_ms));
                lower.insert(0, fmt::format("L{:.1f} {:.1f}", at, y(period.least_ms)));
                if (left == right) break;
            }
        }
        html_.empty("path", {{"class", "band"}, {"d", upper + lower + "Z"}});
        html_.empty("path", {{"class", "line"}, {"d", line}});
        return end;
    }

    Html& html_;
    const std::vector<LatencyPeriod>& periods_;
    WallTime from_;
    WallTime until_;
    double end_ = 1;
};

std::string words_of(const CheckHistory& check) {
    double least = check.latency.front().least_ms;
    double most = 0;
    double sum = 0;
    std::uint64_t runs = 0;
    for (const LatencyPeriod& period : check.latency) {
        least = std::min(least, period.least_ms);
        most = std::max(most, period.most_ms);
        sum += period.mean_ms * period.runs;
        runs += period.runs;
    }
    std::string text = fmt::format("least {}, mean {}, most {}", shown_ms(least),
                                   shown_ms(runs == 0 ? 0 : sum / static_cast<double>(runs)), shown_ms(most));
    if (check.usual_ms) text += fmt::format("; usually {}", shown_ms(*check.usual_ms));
    if (check.recent_ms) text += fmt::format("; of late {}", shown_ms(*check.recent_ms));
    return text;
}

}  // namespace

void html_latency(Html& html, const CheckHistory& check, std::string_view title) {
    if (check.latency.empty()) return;
    const std::string words = words_of(check);
    const auto figure = html.element("figure", {{"class", "latency"}, {"data-key", report::shown_name(check.id)}});
    {
        const auto caption = html.element("figcaption");
        html.leaf("b", title);
        html.text(" " + words);
    }
    Chart(html, check.latency).write(words);
}

}  // namespace fdnprobe::web
