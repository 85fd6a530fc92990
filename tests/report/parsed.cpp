#include "parsed.hpp"

namespace fdnprobe::report {

Json parsed(const std::string& text) { return Json::parse(text); }

}  // namespace fdnprobe::report

std::string Catch::StringMaker<fdnprobe::report::Json>::convert(const fdnprobe::report::Json& value) {
    return value.dump();
}
