// The style of reports (style/report.css), as the build puts it into the binary.
#pragma once

#include <string_view>

namespace fdnprobe::report {

extern const std::string_view html_style;

}  // namespace fdnprobe::report
