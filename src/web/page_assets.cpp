#include <array>

#include "web/page.hpp"
#include "web/page_files.hpp"

namespace fdnprobe::web {

std::span<const Asset> assets() {
    static const std::array<Asset, 3> all{{{"/page.css", "text/css; charset=utf-8", page_css},
                                           {"/page.js", "text/javascript; charset=utf-8", page_js},
                                           {"/page.svg", "image/svg+xml", page_icon}}};
    return all;
}

}  // namespace fdnprobe::web
