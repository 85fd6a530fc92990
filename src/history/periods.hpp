// The time that is asked for, cut into periods, and the tables that know it: every run as long as runs are kept,
// then hours, then days. What is not known so finely any more is answered more coarsely, never with less.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <SQLiteCpp/Database.h>

#include "history/history.hpp"

namespace fdnprobe::history {

enum class Source : std::uint8_t { runs, hours, days };

class Periods {
  public:
    Periods(SQLite::Database& database, const Query& query);

    [[nodiscard]] Source source() const { return source_; }
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] WallTime from(std::size_t index) const { return begin_ + period_ * static_cast<std::int64_t>(index); }
    [[nodiscard]] WallTime until(std::size_t index) const { return from(index + 1); }
    /// The first and, exclusively, the last value of the source's column of time: `ended`, `hour` or `day`.
    [[nodiscard]] std::int64_t first() const { return value_of(begin_); }
    [[nodiscard]] std::int64_t last() const { return value_of(from(count_)); }
    /// The period that such a value is in. It has to be in one.
    [[nodiscard]] std::size_t index_of(std::int64_t value) const {
        return static_cast<std::size_t>((value - first()) / value_of(WallTime(period_)));
    }

  private:
    [[nodiscard]] std::int64_t value_of(WallTime time) const;
    [[nodiscard]] bool reaches_back(SQLite::Database& database, WallTime needed) const;
    void cut(WallTime from, WallTime until);

    Source source_ = Source::days;
    std::chrono::seconds period_{};
    WallTime begin_;
    std::size_t count_ = 0;
};

/// When the first run of all ended.
[[nodiscard]] std::optional<WallTime> first_run_of(SQLite::Database& database);

}  // namespace fdnprobe::history
