#include "report/metric_family.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::report {
namespace {

/// Twice what an id may need, and little enough for a scrape of hundreds of rows.
constexpr std::size_t value_limit = 1024;

/// A backslash, a double quote and a line end are all that the format asks to be escaped; what else cannot be shown is
/// escaped as everywhere.
std::string label_value(std::string_view raw) {
    std::string out;
    for (const char letter : printable(raw, value_limit)) {
        if (letter == '\\' || letter == '"') out += '\\';
        out += letter;
    }
    return out;
}

}  // namespace

MetricLabels::MetricLabels(std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
    for (const auto& [name, value] : labels) add(name, value);
}

MetricLabels MetricLabels::with(std::string_view name, std::string_view value) const {
    MetricLabels more = *this;
    more.add(name, value);
    return more;
}

void MetricLabels::add(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}{}=\"{}\"", text_.empty() ? "" : ",", name, label_value(value));
}

std::string metric_number(std::uint64_t value) { return std::to_string(value); }
std::string metric_flag(bool value) { return value ? "1" : "0"; }

std::string metric_seconds(std::chrono::nanoseconds span) {
    return fmt::format("{:.6f}", std::chrono::duration<double>(span).count());
}

std::string metric_time(std::chrono::system_clock::time_point time) {
    // As whole numbers: a double printed with few digits loses minutes of a time that is counted from 1970.
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    return fmt::format("{}.{:03}", seconds.count(), (since - seconds).count());
}

std::string metric_time(std::chrono::sys_seconds time) { return std::to_string(time.time_since_epoch().count()); }

MetricFamily::MetricFamily(std::string name, Type type, std::string_view help)
    : name_(std::move(name)),
      head_(fmt::format("# HELP {} {}\n# TYPE {} {}\n", name_, help, name_,
                        type == Type::counter ? "counter" : "gauge")) {}

void MetricFamily::add(const MetricLabels& labels, const std::string& value) {
    std::string series = labels.text().empty() ? name_ : fmt::format("{}{{{}}}", name_, labels.text());
    const auto [at, is_new] = seen_.insert(std::move(series));
    if (is_new) lines_ += fmt::format("{} {}\n", *at, value);
}

std::string MetricFamily::text() const { return lines_.empty() ? std::string() : head_ + lines_; }

}  // namespace fdnprobe::report
