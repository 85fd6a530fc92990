#include "app/ready_file.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "catch.hpp"
#include "scratch_folder.hpp"

using fdnprobe::app::ReadyFile;

namespace {

std::string read(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a ready file is there from its announcement to its end") {
    const ScratchFolder folder;
    const std::string file = folder.path("ready");
    {
        auto prepared = ReadyFile::prepare(file);
        REQUIRE(prepared);
        ReadyFile ready = std::move(*prepared);
        CHECK_FALSE(std::filesystem::exists(file));
        CHECK_FALSE(ready.announce("TCP/443 0.0.0.0\n"));
        CHECK(read(file) == "fdnprobe respond\nTCP/443 0.0.0.0\n");
    }
    CHECK(std::filesystem::is_empty(folder.path("")));
}

TEST_CASE("what an earlier run left behind goes before anybody can take it for this one's") {
    const ScratchFolder folder;
    const std::string file = folder.path("ready");
    std::ofstream(file) << "fdnprobe respond\nTCP/80 0.0.0.0\n";
    REQUIRE(ReadyFile::prepare(file));
    CHECK(std::filesystem::is_empty(folder.path("")));
}

TEST_CASE("a file that is something else is left alone") {
    const ScratchFolder folder;
    const std::string file = folder.path("responder.key");
    std::ofstream(file) << "0123456789abcdef\n";
    const auto refused = ReadyFile::prepare(file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().find("--ready-file") != std::string::npos);
    CHECK(read(file) == "0123456789abcdef\n");
}

TEST_CASE("a ready file that cannot be written is noticed at the beginning") {
    const ScratchFolder folder;
    const auto refused = ReadyFile::prepare(folder.path("missing/ready"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().find("--ready-file") != std::string::npos);
    CHECK(refused.error().find("No such file") != std::string::npos);
}
