#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "catch.hpp"
#include "config/load.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;
using namespace std::string_literals;

namespace {

std::string outcome(const std::string& path) {
    const auto text = read_text_file(path);
    return text ? "text: " + *text : text.error().to_string();
}

}  // namespace

TEST_CASE("a file is read whole", "[config][file]") {
    const ScratchFolder folder;
    CHECK(outcome(folder.write("a.toml", "a = 1\n")) == "text: a = 1\n");
    CHECK(outcome(folder.write("empty.toml", "")) == "text: ");
    const std::string large(largest_file, 'x');
    const auto text = read_text_file(folder.write("large.toml", large));
    REQUIRE(text);
    CHECK(text->size() == largest_file);
}

TEST_CASE("what cannot be read is said, with the system's reason", "[config][file]") {
    const ScratchFolder folder;
    const std::string missing = folder.path("missing.toml");
    CHECK(outcome(missing) == missing + ": cannot read the file: No such file or directory");
    const std::string here = folder.path("");
    CHECK(outcome(here) == here + ": expected a file, and this is a folder");
    CHECK(outcome("/dev/null") == "/dev/null: expected a file, and this is a device");
    CHECK(outcome("-") == "-: cannot read the file: No such file or directory");
    CHECK(outcome("") == ": cannot read the file: No such file or directory");
    const std::string beneath = folder.write("a.toml", "") + "/b.toml";
    CHECK(outcome(beneath) == beneath + ": cannot read the file: Not a directory");
    const std::string loop = folder.path("loop");
    std::filesystem::create_symlink(loop, loop);
    CHECK(outcome(loop) == loop + ": cannot read the file: Too many levels of symbolic links");
    CHECK(outcome("\x1b[31m") == "\\x1b[31m: cannot read the file: No such file or directory");
}

TEST_CASE("a file that this user may not read is said to be one", "[config][file]") {
    const ScratchFolder folder;
    const std::string path = folder.write("closed.toml", "a = 1\n");
    std::filesystem::permissions(folder.path(""), std::filesystem::perms{0755});
    REQUIRE(::chmod(path.c_str(), 0) == 0);
    // Root reads everything, so root's test is somebody else for a moment (65534 is nobody).
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    const std::string shown = outcome(path);
    if (root) REQUIRE(::seteuid(0) == 0);
    CHECK(shown == path + ": cannot read the file: Permission denied");
}

TEST_CASE("a pipe is refused, not waited for", "[config][file]") {
    const ScratchFolder folder;
    const std::string path = folder.path("pipe");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(outcome(path) == path + ": expected a file, and this is a pipe");
}

TEST_CASE("a file that is too large is refused unread", "[config][file]") {
    const ScratchFolder folder;
    const std::string sparse = folder.write("sparse.toml", "");
    // A tebibyte: whoever read it would run out of memory.
    REQUIRE(::truncate(sparse.c_str(), 1L << 40) == 0);
    CHECK(outcome(sparse) == sparse + ": the file has 1099511627776 bytes; a table or a site file has at most 4194304");
    const std::string over = folder.write("over.toml", std::string(largest_file + 1, 'x'));
    CHECK(outcome(over) == over + ": the file has 4194305 bytes; a table or a site file has at most 4194304");
}

TEST_CASE("binary files are refused with the place", "[config][file]") {
    const ScratchFolder folder;
    const std::string nul = folder.write("nul", "a = 1\nb\0"s);
    CHECK(outcome(nul) == nul + ":2:2: this does not look like a text file: it has a NUL byte");
    const std::string latin = folder.write("latin", "a = \"\xE4\"");
    CHECK(outcome(latin) == latin + ":1:6: this is not UTF-8 text: the byte 0xe4 cannot stand here");
}
