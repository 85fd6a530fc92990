// The pages, with the history that belongs on them. Used by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fdnprobe/watch.hpp"
#include "history/history.hpp"
#include "web/answer.hpp"
#include "web/page.hpp"

namespace fdnprobe::web {

class Pages {
  public:
    /// `history` is null where none is kept.
    explicit Pages(history::History* history) : history_(history) {}

    /// `/`. The page comes whether the history can be read or not.
    [[nodiscard]] Answer rows(const Snapshot* snapshot, const WatchFacts& facts, WallTime now);
    /// `/rows/TABLE/ROW`.
    [[nodiscard]] Answer row(const Snapshot* snapshot, std::string_view path, WallTime now);

  private:
    [[nodiscard]] const Timelines* timelines(std::uint64_t serial, WallTime now);
    [[nodiscard]] Expected<HistoryReport, history::Trouble> ask(const history::Query& query, WallTime now);

    history::History* history_;
    std::optional<Timelines> timelines_;
    std::uint64_t serial_ = 0;
    std::chrono::sys_time<std::chrono::minutes> minute_{};
    std::optional<history::Trouble> trouble_;  ///< the last time that the history was asked
    WallTime ask_again_{};
};

}  // namespace fdnprobe::web
