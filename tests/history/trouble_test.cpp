// Each trouble against the real thing: files, locks, limits and rights of the operating system.
#include "history/trouble.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include "catch.hpp"
#include "history/runs.hpp"
#include "quickest.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::history {
namespace {

using namespace fixture;
using Kind = Trouble::Kind;

/// An ordinary user for a while, where the tests run as root, whom nothing is forbidden.
class OrdinaryUser {
  public:
    OrdinaryUser() { REQUIRE((geteuid() != 0 || seteuid(65534) == 0)); }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;
    ~OrdinaryUser() { [[maybe_unused]] const int back = seteuid(getuid()); }
};

/// No file may grow beyond `bytes`: what a full disk is to the one who writes.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int) = SIG_DFL;
};

Trouble refused(const std::string& file) {
    auto history = History::open(file, {});
    REQUIRE(!history);
    CHECK_THAT(history.error().what, Contains(file));
    return history.error();
}

Trouble not_read(const std::string& file) {
    auto history = History::open_to_read(file);
    REQUIRE(!history);
    CHECK_THAT(history.error().what, Contains(file));
    return history.error();
}

std::string with_runs(const ScratchFolder& folder, int runs = 1) {
    const std::string file = folder.path("history.db");
    const auto history = open_with(file, {}, quick()).value();
    for (int index = 0; index < runs; ++index) {
        Report run = run_at(beginning);
        for (std::size_t row = 0; row < 50; ++row) add_row(run, row, index % 2 == 0 ? Cause::answered : Cause::timeout);
        REQUIRE(!record(*history, run, beginning + index * 1min));
    }
    return file;
}

std::size_t runs_in(History& history) {
    const auto report = history.ask(query(beginning, beginning + 240h));
    REQUIRE(report);
    return report->runs;
}

}  // namespace

TEST_CASE("trouble: the folder is missing") {
    const ScratchFolder folder;
    const Trouble trouble = refused(folder.path("nowhere/history.db"));
    CHECK(trouble.kind == Kind::unusable);
    CHECK_THAT(trouble.what, Contains("folder " + folder.path("nowhere") + " does not exist") && Contains("Make it"));
    CHECK_THAT(not_read(folder.path("nowhere/history.db")).what, Contains("there is no history"));
}

TEST_CASE("trouble: a part of the way is no folder") {
    const ScratchFolder folder;
    folder.write("file", "text");
    const Trouble trouble = refused(folder.path("file/history.db"));
    CHECK(trouble.kind == Kind::unusable);
    CHECK_THAT(trouble.what, Contains("is no folder"));
}

TEST_CASE("trouble: a folder, a device") {
    const ScratchFolder folder;
    CHECK(refused(folder.path("")).kind == Kind::unusable);
    CHECK_THAT(refused(folder.path("")).what, Contains("is a folder") && Contains("history.db"));
    CHECK_THAT(not_read("/dev/null").what, Contains("a device or a pipe"));
    CHECK_THAT(refused("/dev/full").what, Contains("a device or a pipe"));
}

TEST_CASE("trouble: no right to write") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    std::filesystem::permissions(folder.path(""), std::filesystem::perms(0555));
    std::filesystem::permissions(file, std::filesystem::perms(0444));
    {
        const OrdinaryUser nobody;
        const Trouble trouble = refused(file);
        CHECK(trouble.kind == Kind::unusable);
        CHECK_THAT(trouble.what, Contains("permission denied") && Contains("its folder " + file.substr(0, 10)));
        CHECK(refused(folder.path("new.db")).kind == Kind::unusable);
        // Who may read the file reads it, though nothing can be put beside it.
        const auto reader = History::open_to_read(file);
        REQUIRE(reader);
        CHECK(runs_in(**reader) == 1);
    }
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    if (geteuid() == 0) {
        const OrdinaryUser nobody;
        CHECK_THAT(not_read(file).what, Contains("permission denied"));
    }
    std::filesystem::permissions(folder.path(""), std::filesystem::perms(0755));
}

TEST_CASE("trouble: the folder is not writable, the file is") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    std::filesystem::permissions(file, std::filesystem::perms(0666));
    std::filesystem::permissions(folder.path(""), std::filesystem::perms(0555));
    {
        const OrdinaryUser nobody;
        CHECK(refused(file).kind == Kind::unusable);
    }
    std::filesystem::permissions(folder.path(""), std::filesystem::perms(0755));
}

TEST_CASE("trouble: no database") {
    const ScratchFolder folder;
    const std::string file = folder.write("history.db", std::string(5000, 'x'));
    for (const Trouble& trouble : {refused(file), not_read(file)}) {
        CHECK(trouble.kind == Kind::unusable);
        CHECK_THAT(trouble.what, Contains("is no history") && Contains("left as it is"));
    }
    CHECK(std::filesystem::file_size(file) == 5000);
}

TEST_CASE("trouble: damage is found when the file is opened") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder, 100);
    const auto size = std::filesystem::file_size(file);
    {
        std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
        bytes.seekp(static_cast<std::streamoff>(size / 2));
        bytes << std::string(16384, '\xA5');
    }
    const Trouble trouble = refused(file);
    CHECK(trouble.kind == Kind::damaged);
    CHECK_THAT(trouble.what, Contains("is damaged") && Contains("mv " + file) && Contains(".recover"));
    CHECK(std::filesystem::file_size(file) == size);  // whoever wants to rescue it finds it as it was
    std::filesystem::rename(file, file + ".damaged");
    CHECK(History::open(file, {}));
}

TEST_CASE("trouble: damage is found when it is met") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder, 100);
    const auto history = open_with(file, {}, quick()).value();
    const auto reader = History::open_to_read(file).value();
    {
        std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
        // All but the first page, which everybody has read already.
        bytes.seekp(4096);
        bytes << std::string(std::filesystem::file_size(file) - 4096, '\xA5');
    }
    const auto answer = reader->ask(query(beginning, beginning + 1h));
    REQUIRE(!answer);
    CHECK(answer.error().kind == Kind::damaged);
    CHECK_THAT(answer.error().what, Contains("is damaged"));
}

TEST_CASE("trouble: a file that ends too early") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder, 100);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 3);
    CHECK(refused(file).kind == Kind::damaged);
}

TEST_CASE("trouble: another process holds it") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    const auto history = open_with(file, {}, quick()).value();
    SQLite::Database other(file, SQLite::OPEN_READWRITE);
    {
        const SQLite::Transaction held(other, SQLite::TransactionBehavior::IMMEDIATE);
        const auto trouble = record(*history, run_of(Cause::answered), beginning + 5min);
        REQUIRE(trouble);
        CHECK(trouble->kind == Kind::busy);
        CHECK_THAT(trouble->what, Contains(file) && Contains("another process holds it"));
        CHECK(runs_in(*history) == 1);  // reading goes on
    }
    CHECK(!record(*history, run_of(Cause::answered), beginning + 5min));
    CHECK(runs_in(*history) == 2);
}

TEST_CASE("trouble: another process is done before the wait is over") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    const auto history = open_with(file, {}, quick()).value();
    SQLite::Database other(file, SQLite::OPEN_READWRITE);
    auto held = std::make_unique<SQLite::Transaction>(other, SQLite::TransactionBehavior::IMMEDIATE);
    std::thread release([&held] {
        std::this_thread::sleep_for(10ms);
        held.reset();
    });
    CHECK(!record(*history, run_of(Cause::answered), beginning + 5min));
    release.join();
}

TEST_CASE("trouble: nobody waits after an interruption") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    const auto history = open_with(file, {}, quick()).value();
    SQLite::Database other(file, SQLite::OPEN_READWRITE);
    const SQLite::Transaction held(other, SQLite::TransactionBehavior::IMMEDIATE);
    const auto took = [&] {
        const auto begin = std::chrono::steady_clock::now();
        CHECK(record(*history, run_of(Cause::answered), beginning + 5min));
        return std::chrono::steady_clock::now() - begin;
    };
    CHECK(took() >= 490ms);
    history->interrupt();
    CHECK(quickest(400ms, took) < 400ms);
}

TEST_CASE("trouble: the disk is full, and then there is room again") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    const auto history = History::open(file, {}).value();
    Report large = run_at(beginning);
    for (std::size_t row = 0; row < 300; ++row) add_row(large, row, Cause::timeout);
    {
        const FullDisk disk(64 * 1024);
        const auto trouble = record(*history, large, beginning + 5min);
        REQUIRE(trouble);
        CHECK(trouble->kind == Kind::full);
        CHECK_THAT(trouble->what, Contains(file) && Contains("no space is left"));
        CHECK(runs_in(*history) == 1);
        CHECK(history->standings().value().rows.size() == 50);  // nothing of it is there
    }
    CHECK(!record(*history, large, beginning + 5min));
    CHECK(runs_in(*history) == 2);
    CHECK(history->standings().value().rows.size() == 300);
}

TEST_CASE("trouble: the disk is full before there is a history") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    {
        const FullDisk disk(8 * 1024);
        CHECK(refused(file).kind == Kind::full);
    }
    CHECK(History::open(file, {}));
}

TEST_CASE("trouble: the file is moved away while it is written") {
    const ScratchFolder folder;
    const std::string file = with_runs(folder);
    const auto history = open_with(file, {}, quick()).value();
    std::filesystem::rename(file, file + ".old");
    const auto trouble = record(*history, run_of(Cause::answered), beginning + 5min);
    REQUIRE(trouble);
    CHECK_THAT(trouble->what, Contains(file) && Contains("was moved or removed"));
}

TEST_CASE("trouble: what cannot be made to happen here has its sentence too") {
    CHECK(trouble_of("h.db", SQLITE_FULL, 0, "").kind == Kind::full);
    CHECK(trouble_of("h.db", SQLITE_IOERR_WRITE, ENOSPC, "").kind == Kind::full);
    CHECK(trouble_of("h.db", SQLITE_IOERR_WRITE, EDQUOT, "").kind == Kind::full);
    CHECK(trouble_of("h.db", SQLITE_IOERR_READ, EIO, "disk I/O error").kind == Kind::failed);
    CHECK_THAT(trouble_of("h.db", SQLITE_IOERR_READ, EIO, "disk I/O error").what, Contains(std::strerror(EIO)));
    CHECK_THAT(trouble_of("h.db", SQLITE_READONLY, EROFS, "").what, Contains("the file system is read-only"));
    CHECK(trouble_of("h.db", SQLITE_CANTOPEN, EMFILE, "").kind == Kind::failed);
    CHECK(trouble_of("h.db", SQLITE_NOMEM, 0, "out of memory").kind == Kind::failed);
    CHECK_THAT(trouble_of("a\x1b[2Jb.db", SQLITE_BUSY, 0, "").what, Contains("a\\x1b[2Jb.db"));
}

}  // namespace fdnprobe::history
