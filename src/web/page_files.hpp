// The files beside the page (page/), as the build puts them into the binary.
#pragma once

#include <string_view>

namespace fdnprobe::web {

extern const std::string_view page_css;
extern const std::string_view page_js;
extern const std::string_view page_icon;

}  // namespace fdnprobe::web
