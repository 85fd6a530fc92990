#include "config/schedule.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/duration.hpp"
#include "base/text.hpp"
#include "config/section.hpp"
#include "config/week_window.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr int most_runs = 20;  // of a confirmation: beyond it nobody waits for news
constexpr double most_jitter = 0.5;
constexpr long most_messages = 10000;
constexpr std::string_view example_durations = "such as \"30s\", \"5m\" or \"1h30m\"";
constexpr hours forever = hours::max();  // while it is compared; Retention has zero for it

// [schedule]

std::optional<seconds> interval(const std::string& subject, const Text& written, Complaints& complaints) {
    const auto span = parse_duration(written.value);
    if (span && *span >= seconds(1)) return span;
    complaints.error(written.at, fmt::format("{} is {}; expected a duration of at least a second, {}", subject,
                                             in_quotes(written.value), example_durations));
    return std::nullopt;
}

std::vector<WeekWindow> windows(Section& section, std::string_view key) {
    std::vector<WeekWindow> list;
    for (const Text& written : section.one_or_more_texts(key).value_or(std::vector<Text>{})) {
        auto window = parse_week_window(written.value);
        if (window)
            list.push_back(std::move(*window));
        else
            section.complaints().error(written.at, fmt::format("{}: {}", in_quotes(key), window.error()));
    }
    return list;
}

std::vector<RowInterval> row_intervals(const toml::table& table, Complaints& complaints) {
    Section section(table, "[schedule.rows]", complaints);
    std::vector<RowInterval> list;
    std::set<std::string> seen;
    for (const auto& [key, value] : in_file_order(table)) {
        const std::string pattern(key->str());
        const toml::source_position at = key->source().begin;
        if (trim(pattern).empty() || pattern.find('\0') != std::string::npos)
            complaints.error(at, "a pattern of rows was expected: of their ids, peers or purposes, as for --only");
        else if (!seen.insert(lower(pattern)).second)
            complaints.error(at, fmt::format("{} has an interval already", in_quotes(pattern)));
        const auto written = section.text(pattern);
        const auto every = written ? interval(in_quotes(pattern), *written, complaints) : std::nullopt;
        if (every) list.push_back({pattern, *every});
    }
    return list;
}

// [history]

struct Span {
    std::string_view key;
    std::optional<hours> value;
    toml::source_position at;
};

void read_span(Section& section, Span& span) {
    const auto written = section.text(span.key);
    if (!written) return;
    span.at = written->at;
    const auto time = parse_duration(written->value);
    if (lower(trim(written->value)) == "forever")
        span.value = forever;
    else if (time && *time >= hours(1) && *time % hours(1) == seconds(0))
        span.value = std::chrono::duration_cast<hours>(*time);
    else
        section.complaints().error(written->at,
                                   fmt::format("{} is {}; expected whole hours, such as \"12h\", \"7d\" or \"1w\", or "
                                               "\"forever\"",
                                               in_quotes(span.key), in_quotes(written->value)));
}

void hold_in_order(const Span& shorter, const Span& longer, Complaints& complaints) {
    if (shorter.value && longer.value && *shorter.value > *longer.value)
        complaints.error(longer.at, fmt::format("{} is less than {}; expected what is coarser to be kept at least as "
                                                "long as what is finer",
                                                in_quotes(longer.key), in_quotes(shorter.key)));
}

hours stored(hours value) { return value == forever ? hours(0) : value; }

// [notify]

constexpr std::pair<std::string_view, std::string_view> receivers[] = {
    {"webhook", "webhook=https://..."}, {"syslog", "syslog=udp://HOST"}, {"command", "command=/path"}};

std::string receiver_forms() {
    std::vector<std::string> forms;
    for (const auto& [kind, form] : receivers) forms.push_back(in_quotes(form));
    return one_of(forms);
}

/// What stands in place of a kind may be repeated only where it is a word: the rest may hold a secret.
bool is_word(std::string_view text) {
    constexpr std::size_t longest = 16;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

std::optional<std::string> receiver_shape_mistake(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view kind = text.substr(0, equals);
    if (equals == std::string_view::npos || !is_word(kind)) return "a receiver is one of " + receiver_forms();
    std::vector<std::string> kinds;
    for (const auto& [known, form] : receivers) {
        if (kind == known)
            return trim(text.substr(equals + 1)).empty()
                       ? std::optional(fmt::format("{} goes nowhere; expected {}", in_quotes(text), in_quotes(form)))
                       : std::nullopt;
        kinds.emplace_back(known);
    }
    return fmt::format("{} is not a kind of receiver; expected {}{}", in_quotes(kind), receiver_forms(),
                       did_you_mean(kind, kinds));
}

void read_limit(const Text& written, NotifySettings& settings, Complaints& complaints) {
    const std::size_t slash = written.value.find('/');
    const std::string_view text = written.value;
    const auto count = parse_number(text.substr(0, slash), 1, most_messages);
    const auto per = slash == std::string::npos ? std::nullopt : parse_duration(text.substr(slash + 1));
    if (count && per && *per >= seconds(1)) {
        settings.at_most = static_cast<std::size_t>(*count);
        settings.per = *per;
    } else {
        complaints.error(written.at, fmt::format("`at_most` is {}; expected MESSAGES/DURATION with 1 to {} messages, "
                                                 "such as \"10/1h\"",
                                                 in_quotes(text), most_messages));
    }
}

}  // namespace

std::optional<Confirmation> parse_confirmation(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto of = parse_number(text.substr(slash + 1), 1, most_runs);
    const auto needed = of ? parse_number(text.substr(0, slash), 1, *of) : std::nullopt;
    if (!needed) return std::nullopt;
    return Confirmation{static_cast<int>(*needed), static_cast<int>(*of)};
}

std::optional<double> parse_percentage(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    const std::size_t point = text.find('.');
    // Two decimals: a ten-thousandth of any interval is less than anybody sees.
    const std::string_view decimals = point == std::string_view::npos ? "" : text.substr(point + 1);
    const auto whole = parse_number(text.substr(0, point), 0, 100);
    const auto part = decimals.empty() ? std::optional(0L) : parse_number(decimals, 0, 99);
    if (!whole || !part || decimals.size() > 2 || text.ends_with('.')) return std::nullopt;
    const double hundredths = static_cast<double>(decimals.size() == 1 ? *part * 10 : *part);
    const double value = (static_cast<double>(*whole) * 100 + hundredths) / 10000;
    return value <= most_jitter ? std::optional(value) : std::nullopt;
}

Schedule read_schedule(const toml::table& table, Complaints& complaints) {
    Section section(table, "[schedule]", complaints);
    Schedule schedule;
    if (const auto every = section.text("every")) schedule.every = interval("`every`", *every, complaints);
    if (const auto jitter = section.text("jitter")) {
        schedule.jitter = parse_percentage(jitter->value);
        if (!schedule.jitter)
            complaints.error(jitter->at,
                             fmt::format("`jitter` is {}; expected {}", in_quotes(jitter->value), percentage_form));
    }
    if (const auto confirm = section.text("confirm")) {
        schedule.confirm = parse_confirmation(confirm->value);
        if (!schedule.confirm)
            complaints.error(confirm->at,
                             fmt::format("`confirm` is {}; expected {}", in_quotes(confirm->value), confirmation_form));
    }
    schedule.quiet = windows(section, "quiet");
    schedule.paused = windows(section, "paused");
    if (const auto* rows = section.table("rows")) schedule.rows = row_intervals(*rows, complaints);
    section.refuse_unknown();
    return schedule;
}

Retention read_retention(const toml::table& table, Complaints& complaints) {
    Section section(table, "[history]", complaints);
    Span raw{"raw", {}, {}};
    Span hourly{"hourly", {}, {}};
    Span daily{"daily", {}, {}};
    for (Span* const span : {&raw, &hourly, &daily}) read_span(section, *span);
    section.refuse_unknown();
    hold_in_order(raw, hourly, complaints);
    hold_in_order(hourly, daily, complaints);
    if (!hourly.value) hold_in_order(raw, daily, complaints);

    const Retention usual;
    const hours days = daily.value.value_or(forever);
    const hours in_hours = hourly.value.value_or(std::min(std::max(usual.hourly, raw.value.value_or(hours(0))), days));
    return {stored(raw.value.value_or(std::min(usual.raw, in_hours))), stored(in_hours), stored(days)};
}

NotifySettings read_notify(const toml::table& table, Complaints& complaints, std::vector<int>& lines) {
    Section section(table, "[notify]", complaints);
    NotifySettings settings;
    std::set<std::string> seen;
    for (const Text& receiver : section.one_or_more_texts("to").value_or(std::vector<Text>{})) {
        if (const auto mistake = receiver_shape_mistake(receiver.value))
            complaints.error(receiver.at, fmt::format("`to`: {}", *mistake));
        else if (!seen.insert(receiver.value).second)
            complaints.error(receiver.at, "this receiver is in this list already");
        else {
            settings.to.push_back(receiver.value);
            lines.push_back(static_cast<int>(receiver.at.line));
        }
    }
    if (const auto group = section.text("group")) {
        const auto span = parse_duration(group->value);
        if (span)
            settings.group = *span;
        else
            complaints.error(group->at, fmt::format("`group` is {}; expected a duration, {}", in_quotes(group->value),
                                                    example_durations));
    }
    if (const auto limit = section.text("at_most")) read_limit(*limit, settings, complaints);
    section.refuse_unknown();
    return settings;
}

}  // namespace fdnprobe::config
