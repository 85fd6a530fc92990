// When a site is checked, what counts as a change, and who is told: [schedule], [history] and [notify] of the site
// file.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace fdnprobe {

/// Part of a week in minutes since Monday 00:00, local time: [from, until). Where `until` is not after `from` it goes
/// on through Sunday midnight.
struct WeekSpan {
    int from = 0;   ///< 0 to 10079
    int until = 0;  ///< 1 to 10080
    friend bool operator==(const WeekSpan&, const WeekSpan&) = default;
};

/// A window that comes back every week: "Sat 22:00-Sun 06:00", "02:00-02:30" (every day), "Mon-Fri 08:00-18:00".
struct WeekWindow {
    std::string text;  ///< as it is written
    std::vector<WeekSpan> spans;
    friend bool operator==(const WeekWindow&, const WeekWindow&) = default;
};

/// A change counts once `needed` of the last `of` runs say so; 1 <= needed <= of <= 20.
struct Confirmation {
    int needed = 2;
    int of = 3;
    friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

/// How often some rows are checked.
struct RowInterval {
    std::string pattern;  ///< glob over row ids, peers and purposes, as in `--only`
    std::chrono::seconds every{};
    friend bool operator==(const RowInterval&, const RowInterval&) = default;
};

struct Schedule {
    std::optional<std::chrono::seconds> every;  ///< at least a second; nothing: the site file does not say
    std::optional<double> jitter;               ///< part of the interval, 0 to 0.5
    std::optional<Confirmation> confirm;
    std::vector<RowInterval> rows;   ///< the first that matches a row counts
    std::vector<WeekWindow> quiet;   ///< checks run and are recorded; nobody is told before it ends
    std::vector<WeekWindow> paused;  ///< nothing is sent
    friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// How long a history keeps what; zero: for ever.
struct Retention {
    std::chrono::hours raw{7 * 24};      ///< every run
    std::chrono::hours hourly{90 * 24};  ///< one line an hour
    std::chrono::hours daily{0};         ///< one line a day
    friend bool operator==(const Retention&, const Retention&) = default;
};

/// Who is told of confirmed changes, and how often at most.
struct NotifySettings {
    std::vector<std::string>
        to;  ///< "webhook=https://...", "syslog=udp://...", "command=/path"; as on the command line
    std::chrono::seconds group{30};  ///< changes that come within it are one message
    std::size_t at_most = 10;        ///< messages in `per`; what is beyond waits and goes into one
    std::chrono::seconds per{3600};
    friend bool operator==(const NotifySettings&, const NotifySettings&) = default;
};

}  // namespace fdnprobe
