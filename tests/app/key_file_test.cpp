#include "app/key_file.hpp"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "catch.hpp"
#include "scratch_folder.hpp"

using fdnprobe::app::make_key_file;

namespace {

std::string read_line(const std::string& file) {
    std::string line;
    std::ifstream in(file);
    std::getline(in, line);
    return line;
}

}  // namespace

TEST_CASE("a new key is random and its owner's alone") {
    const ScratchFolder folder;
    const std::string file = folder.path("one.key");
    const mode_t mask = umask(0777);  // even where new files get no rights at all
    const auto failure = make_key_file(file);
    umask(mask);
    CHECK_FALSE(failure);
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    const std::string key = read_line(file);
    CHECK(key.size() == 64);
    CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
    REQUIRE_FALSE(make_key_file(folder.path("two.key")));
    CHECK(read_line(folder.path("two.key")) != key);
}

TEST_CASE("a key that is there stays as it is") {
    const ScratchFolder folder;
    const std::string file = folder.path("one.key");
    std::ofstream(file) << "in use\n";
    const auto failure = make_key_file(file);
    REQUIRE(failure);
    CHECK(failure->find("there is such a file already") != std::string::npos);
    CHECK(read_line(file) == "in use");
    CHECK(make_key_file(folder.path("missing/one.key")));
}
