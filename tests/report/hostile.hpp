// Everything in a report that a far end, a resolver or a file can choose, chosen by somebody who wants to take over the
// reader's terminal, page, spreadsheet or pipeline.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "full_fixture.hpp"

namespace fdnprobe::report::fixture {

std::vector<std::string> hostile_texts();

std::shared_ptr<const TlsFacts> poisoned_tls(const std::string& text);

/// The same text in every place that takes any.
Report poisoned(const std::string& text);

/// Nothing is left in the text that escaping would change, but for line ends.
bool all_lines_printable(const std::string& text);

}  // namespace fdnprobe::report::fixture
