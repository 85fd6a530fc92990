// Text for XML 1.0: no character that a document must not hold, and none that has a meaning in it.
#pragma once

#include <string>
#include <string_view>

namespace fdnprobe::report {

/// For the content of an element and for an attribute in double quotes. Line ends stay what they are; everything else
/// that cannot be shown is escaped (printable()), and with it all that XML 1.0 (2.2, Char) leaves out.
[[nodiscard]] std::string xml_text(std::string_view raw);

}  // namespace fdnprobe::report
