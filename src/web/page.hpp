// The page: HTML that is whole without a script, and the files beside it, all inside the binary.
//
// The script only replaces parts of the page by what the server sends for the same address, so that nothing is written
// twice, once in C++ and once in JavaScript.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/history.hpp"
#include "fdnprobe/watch.hpp"

namespace fdnprobe::web {

/// The same rows over three spans: the last day by hours, the last week by quarters of a day, the last month by days.
struct Timelines {
    HistoryReport day;
    HistoryReport week;
    HistoryReport month;
};

/// `/`: all rows by peer. `snapshot` is null before the first run has ended; `timelines` where there is no history.
[[nodiscard]] std::string page_of_rows(const Snapshot* snapshot, const WatchFacts& facts, const Timelines* timelines);

/// `/rows/TABLE/ROW`: one row with its checks, evidence, certificates, path, and latency over time. `history` may be
/// null. Empty when the snapshot has no such row.
[[nodiscard]] std::string page_of_row(const Snapshot& snapshot, std::string_view row, const RowHistory* history);

/// For a wrong address, a missing token and the like: a page that says what happened and what to do.
[[nodiscard]] std::string page_of_error(int status, std::string_view what);

struct Asset {
    std::string_view path;  ///< "/page.css"
    std::string_view content_type;
    std::string_view body;
};
[[nodiscard]] std::span<const Asset> assets();

}  // namespace fdnprobe::web
