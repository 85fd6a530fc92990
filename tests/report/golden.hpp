// Text compared with a file that a person has read. FDNPROBE_WRITE_GOLDEN=1 writes the files anew.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"

namespace fdnprobe::report::golden {

inline void compare(const std::string& name, const std::string& text) {
    const std::string path = std::string(FDNPROBE_SOURCE_DIR) + "/tests/report/golden/" + name;
    if (const char* write = std::getenv("FDNPROBE_WRITE_GOLDEN"); write != nullptr && std::string(write) == "1")
        std::ofstream(path, std::ios::binary) << text;
    std::ifstream file(path, std::ios::binary);
    INFO("golden file " << path);
    REQUIRE(file.good());
    const std::string expected{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    CHECK(text == expected);
}

}  // namespace fdnprobe::report::golden
