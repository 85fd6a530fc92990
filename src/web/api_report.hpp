// `/api/v1/report`: the last result of every row, in each format that a report has.
#pragma once

#include "fdnprobe/watch.hpp"
#include "web/answer.hpp"
#include "web/target.hpp"

namespace fdnprobe::web {

/// `format=json|csv|markdown|html|junit`, `download=1`. `snapshot` is null before the first run has ended.
[[nodiscard]] Answer api_report(const Snapshot* snapshot, const Parameters& parameters);

}  // namespace fdnprobe::web
