// Metrics in Prometheus's text format (0.0.4): those of one name stand together, under what they mean, and none is
// there twice. https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace fdnprobe::report {

/// The labels of a series: each value is escaped once, however many series have it.
class MetricLabels {
  public:
    MetricLabels() = default;
    MetricLabels(std::initializer_list<std::pair<std::string_view, std::string_view>> labels);

    /// These and one more. Names are the program's own; of values what is far longer than any table has is cut.
    [[nodiscard]] MetricLabels with(std::string_view name, std::string_view value) const;
    /// `a="b",c="d"`
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    void add(std::string_view name, std::string_view value);
    std::string text_;
};

[[nodiscard]] std::string metric_number(std::uint64_t value);
[[nodiscard]] std::string metric_flag(bool value);
/// Seconds, to the microsecond.
[[nodiscard]] std::string metric_seconds(std::chrono::nanoseconds span);
/// Seconds since 1970, to the millisecond.
[[nodiscard]] std::string metric_time(std::chrono::system_clock::time_point time);
/// The same for times beyond what the clock can hold: certificates may be valid to the year 9999.
[[nodiscard]] std::string metric_time(std::chrono::sys_seconds time);

class MetricFamily {
  public:
    enum class Type : std::uint8_t { gauge, counter };

    /// `help` is one of the program's own sentences, without backslashes and line ends.
    MetricFamily(std::string name, Type type, std::string_view help);

    /// A series that is there already stays as it is: one that has it twice makes a scrape fail as a whole.
    void add(const MetricLabels& labels, const std::string& value);
    /// Nothing where nothing was added.
    [[nodiscard]] std::string text() const;

  private:
    std::string name_;
    std::string head_;
    std::string lines_;
    std::set<std::string> seen_;
};

}  // namespace fdnprobe::report
