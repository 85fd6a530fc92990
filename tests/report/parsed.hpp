// What programs would make of a document in JSON. A test that calls the library's parser itself, or lets Catch2 write a
// document out, compiles all of it.
#pragma once

#include <string>

#include "catch.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

/// Throws nlohmann's exceptions at whatever is no JSON.
Json parsed(const std::string& text);

}  // namespace fdnprobe::report

template <>
struct Catch::StringMaker<fdnprobe::report::Json> {
    static std::string convert(const fdnprobe::report::Json& value);
};
