#include "notify/spool.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "sample.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::notify {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr WallMoment monday{std::chrono::milliseconds(1'790'000'000'000)};
const std::string one = receiver_key("webhook=https://one.example/s3cret");
const std::string other = receiver_key("syslog=udp://10.0.0.1");

Message message(const std::string& id, WallMoment queued = monday) {
    Message made = make_message(sample::event(id), queued);
    return made;
}

std::unique_ptr<Spool> open(const std::string& folder, std::vector<std::string> keys = {one, other},
                            WallMoment now = monday) {
    auto spool = Spool::open(folder, keys, 24h, now);
    INFO((spool ? std::string() : spool.error()));
    REQUIRE(spool);
    return std::move(*spool);
}

std::vector<std::string> ids(const std::vector<Spool::Kept>& kept) {
    std::vector<std::string> found;
    for (const Spool::Kept& each : kept) found.push_back(each.message.id);
    return found;
}

std::vector<std::string> files(const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
}

TEST_CASE("spool: gives back to each receiver what was put there, in order, until it is removed") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path("spool");
    std::string first;
    {
        const auto spool = open(folder);
        CHECK(spool->kept(one, 10).empty());
        first = spool->put(one, message("a")).value();
        REQUIRE(spool->put(other, message("b")));
        // The clock is put back, and yet the order stays.
        REQUIRE(spool->put(one, message("c", monday - 48h)));
        REQUIRE(spool->put(one, message("d", monday + 1ms)));
    }
    struct stat status {};
    REQUIRE(stat((folder + "/" + first).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    REQUIRE(stat(folder.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0700U);
    for (const std::string& name : files(folder)) CHECK(name.find("s3cret") == std::string::npos);

    const auto spool = open(folder);
    const auto kept = spool->kept(one, 10);
    CHECK(ids(kept) == std::vector<std::string>{"a", "c", "d"});
    CHECK(kept.front().message == message("a"));
    CHECK(ids(spool->kept(other, 10)) == std::vector<std::string>{"b"});
    CHECK(spool->remarks().empty());
    REQUIRE(spool->put(one, message("e", monday - 72h)));
    spool->remove(kept.front().file);
    spool->close();
    CHECK(ids(open(folder)->kept(one, 10)) == std::vector<std::string>{"c", "d", "e"});
}

TEST_CASE("spool: only so many are taken over, the newest; the others are removed") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path("spool");
    for (const std::string id : {"a", "b", "c", "d"}) REQUIRE(open(folder)->put(one, message(id)));
    CHECK(ids(open(folder)->kept(one, 2)) == std::vector<std::string>{"c", "d"});
    CHECK(files(folder).size() == 3);  // with the lock
}

TEST_CASE("spool: half a file of a process that was killed is removed") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path("spool");
    const std::string whole = open(folder)->put(one, message("a")).value();
    scratch.write("spool/" + whole + ".part", "fdnprobe.mess");
    const auto spool = open(folder);
    CHECK(files(folder) == std::vector<std::string>{whole, "lock"});
    CHECK(ids(spool->kept(one, 10)) == std::vector<std::string>{"a"});
    CHECK(spool->remarks().empty());
}

TEST_CASE("spool: what is not its own is left alone, and said") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path("spool");
    const std::string whole = open(folder)->put(one, message("a")).value();
    const std::string stem = whole.substr(0, whole.size() - std::string("000001.message").size());
    scratch.write("spool/notes\x1b.txt", "mine");
    scratch.write("spool/" + stem + "000002.message", "not a message");
    scratch.write("spool/" + stem + "000003.message", encode_message(message("b")) + "x");
    fs::create_directory(folder + "/" + stem + "000004.message");
    fs::create_symlink("/etc/passwd", folder + "/" + stem + "000005.message");
    REQUIRE(mkfifo((folder + "/" + stem + "000006.message").c_str(), 0600) == 0);
    fs::create_directory(folder + "/folder.part");

    const auto before = files(folder);
    const auto spool = open(folder);
    CHECK(ids(spool->kept(one, 10)) == std::vector<std::string>{"a"});
    CHECK(files(folder) == before);
    REQUIRE(spool->remarks().size() == 1);
    CHECK_THAT(spool->remarks()[0], Contains("left alone") && Contains("and 4 more") && !Contains("\x1b"));
}

TEST_CASE("spool: messages for receivers that are no longer named wait for them, until they are too old") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path("spool");
    REQUIRE(open(folder)->put(one, message("a")));
    REQUIRE(open(folder)->put(one, message("b", monday + 10h)));
    REQUIRE(open(folder)->put(other, message("c")));
    {
        const auto spool = open(folder, {other}, monday + 25h);
        REQUIRE(spool->remarks().size() == 1);
        CHECK_THAT(spool->remarks()[0], Contains("1 message for receivers that are no longer named"));
    }
    CHECK(ids(open(folder)->kept(one, 10)) == std::vector<std::string>{"b"});
    CHECK(ids(open(folder)->kept(other, 10)) == std::vector<std::string>{"c"});
}

TEST_CASE("spool: a folder that cannot be used is named, with the reason") {
    const ScratchFolder scratch;
    const auto problem = [&](const std::string& folder) { return Spool::open(folder, {one}, 24h, monday).error(); };
    CHECK_THAT(problem(scratch.write("file", "x")), Contains("/file cannot be read: Not a directory"));
    CHECK_THAT(problem(scratch.path("missing/spool")), Contains("cannot be made: No such file or directory"));
    const std::string folder = scratch.path("spool");
    const auto spool = open(folder);
    CHECK_THAT(problem(folder), Contains("is in use by another process"));
    spool->close();
    CHECK(Spool::open(folder, {one}, 24h, monday));
    fs::remove(folder + "/lock");
    fs::create_directory(folder + "/lock");
    CHECK_THAT(problem(folder), Contains("cannot be written: Is a directory"));
}

TEST_CASE("spool: what cannot be written is said, and leaves nothing behind") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path("spool");
    const auto spool = open(folder);
    fs::remove_all(folder);
    const auto put = spool->put(one, message("a"));
    REQUIRE(!put);
    CHECK(put.error() == "cannot be written: No such file or directory");
    spool->close();
    CHECK(!spool->put(one, message("a")));
}

}  // namespace
}  // namespace fdnprobe::notify
