#include "golden.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "catch.hpp"

namespace fdnprobe::report::golden {

void compare(const std::string& name, const std::string& text) {
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
