// What the pages share: the document around them, the head of the page, what is not as it should be with the watch
// itself, and a row's history.
#pragma once

#include <string>
#include <string_view>

#include "fdnprobe/history.hpp"
#include "fdnprobe/watch.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::web {

using report::Html;

/// `/rows/TABLE/ROW`, with whatever is no plain letter encoded (RFC 3986, 2.1).
[[nodiscard]] std::string address_of_row(std::string_view row);

void html_head(Html& html, std::string_view title);

/// The site, where it is probed from, and when the last and the next run are.
void html_top(Html& html, const Snapshot* snapshot, const WatchFacts& facts);

/// One line each for what a reader has to know before believing the rows.
void html_banners(Html& html, const WatchFacts& facts);

/// Since when a row is as it is, and whether that is confirmed.
void html_since(Html& html, const Standing* standing);

/// Timeline, latency and changes of one row.
void html_history(Html& html, const Report& report, const RowHistory& history);

void html_foot(Html& html, std::string_view version);

}  // namespace fdnprobe::web
