#include "app/output_file.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "catch.hpp"
#include "scratch_folder.hpp"

using fdnprobe::app::OutputFile;

namespace {

std::size_t count_files(const std::string& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

std::string read(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a report appears whole, and only when it is committed") {
    const ScratchFolder folder;
    const std::string file = folder.path("report.json");
    std::ofstream(file) << "old";
    {
        auto output = OutputFile::prepare(file);
        REQUIRE(output);
        CHECK(read(file) == "old");
        CHECK_FALSE(output->commit("new"));
    }
    CHECK(read(file) == "new");
    CHECK(count_files(folder.path("")) == 1);
}

TEST_CASE("what is not committed leaves nothing behind") {
    const ScratchFolder folder;
    const std::string file = folder.path("report.json");
    { REQUIRE(OutputFile::prepare(file)); }
    CHECK(count_files(folder.path("")) == 0);
}

TEST_CASE("the mode of a present file is kept, and a link still leads to it") {
    const ScratchFolder folder;
    const std::string file = folder.path("report.json");
    const std::string link = folder.path("latest.json");
    std::ofstream(file) << "old";
    chmod(file.c_str(), 0640);
    std::filesystem::create_symlink("report.json", link);
    auto output = OutputFile::prepare(link);
    REQUIRE(output);
    CHECK_FALSE(output->commit("new"));
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0640U);
    CHECK(std::filesystem::is_symlink(link));
    CHECK(read(file) == "new");
}

TEST_CASE("a place that cannot be written is said before anything is done") {
    const ScratchFolder folder;
    CHECK_THAT(OutputFile::prepare(folder.path("")).error(), Contains("Is a directory"));
    CHECK_THAT(OutputFile::prepare(folder.path("missing/report.json")).error(), Contains("No such file"));
}

TEST_CASE("a full disk is an error") {
    auto output = OutputFile::prepare("/dev/full");
    REQUIRE(output);
    const auto wrong = output->commit("text");
    REQUIRE(wrong);
    CHECK_THAT(*wrong, Contains("No space left on device"));
}
