// The way of an attempt's packets, drawn: this host, each hop with what it said, the one where it ends, and the
// destination.
#pragma once

#include <optional>

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/verdict.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

/// From the path that was looked at, from `where` alone, or nothing where neither says anything.
void html_path(Html& html, const Attempt* attempt, Verdict verdict, const std::optional<Where>& where);

}  // namespace fdnprobe::report
