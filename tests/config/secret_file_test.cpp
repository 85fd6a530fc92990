#include <sys/stat.h>

#include <string>

#include "catch.hpp"
#include "config/load.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using config::read_secret_file;

namespace {

std::string outcome(const std::string& path) {
    const auto secret = read_secret_file(path);
    return secret ? "secret: " + *secret : secret.error().to_string();
}

/// A file with that text, which only its owner may read.
std::string secret_file(const ScratchFolder& folder, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder.write("a.secret", text);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
}

}  // namespace

TEST_CASE("a secret is its file without the line's end", "[config][secret]") {
    const ScratchFolder folder;
    CHECK(outcome(secret_file(folder, "hunter2")) == "secret: hunter2");
    CHECK(outcome(secret_file(folder, "hunter2\n")) == "secret: hunter2");
    CHECK(outcome(secret_file(folder, "hunter2\r\n")) == "secret: hunter2");
    CHECK(outcome(secret_file(folder, " two words \n", 0400)) == "secret:  two words ");
}

TEST_CASE("a secret that others can read is refused, with the command that mends it", "[config][secret]") {
    const ScratchFolder folder;
    for (const mode_t mode : {0640U, 0604U, 0644U, 0444U}) {
        const std::string path = secret_file(folder, "hunter2\n", mode);
        const std::string shown = outcome(path);
        CHECK_THAT(shown, Contains(path + ": a secret that others can read") && Contains("`chmod 600 " + path + "`") &&
                              !Contains("hunter2"));
    }
    // Who may write to a file without reading it does not know what is in it.
    CHECK(outcome(secret_file(folder, "hunter2\n", 0622)) == "secret: hunter2");
}

TEST_CASE("what holds no secret is refused and not repeated", "[config][secret]") {
    const ScratchFolder folder;
    CHECK_THAT(outcome(secret_file(folder, "")), Contains("empty"));
    CHECK_THAT(outcome(secret_file(folder, "\r\n\n")), Contains("empty"));
    CHECK_THAT(outcome(secret_file(folder, std::string(4097, 'x'))), Contains("4096") && !Contains("xx"));
    CHECK(outcome(secret_file(folder, std::string(4096, 'x'))) == "secret: " + std::string(4096, 'x'));
    CHECK_THAT(outcome(folder.path("missing")), Contains("No such file"));
    CHECK_THAT(outcome(folder.path("")), Contains("folder"));
}
