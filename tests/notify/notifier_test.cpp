// The whole of it, with commands as receivers: they need no server. tests/cli/notify_test.py has the servers.
#include "notify/notifier.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "sample.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::notify {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Longer than anything here takes on the slowest machine.
constexpr auto patience = 20s;

template <class Condition>
bool eventually(Condition condition) {
    const auto limit = Clock::now() + patience;
    while (!condition()) {
        if (Clock::now() > limit) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

std::string script(const ScratchFolder& folder, const std::string& name, const std::string& body) {
    std::string path = folder.write(name, "#!/bin/sh\n" + body);
    REQUIRE(chmod(path.c_str(), 0755) == 0);
    return path;
}

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Settings settings(const std::vector<std::string>& to, const std::string& spool = "") {
    Settings settings;
    settings.to = to;
    settings.spool = spool;
    settings.first_wait = 10ms;
    settings.longest_wait = 50ms;
    return settings;
}

std::unique_ptr<Notifier> start(const Settings& settings) {
    auto notifier = Notifier::start(settings);
    INFO((notifier ? std::string() : notifier.error()));
    REQUIRE(notifier);
    return std::move(*notifier);
}

TEST_CASE("notifier: what cannot be used is named before anything is sent") {
    CHECK_THAT(Notifier::start(settings({"pigeon=1"})).error(), Contains("webhook=URL"));
    Settings bundle = settings({"webhook=https://hooks.example/"});
    bundle.ca_files = {"/nonexistent/ca.pem"};
    CHECK_THAT(Notifier::start(bundle).error(), Contains("webhook 1: the CA bundle /nonexistent/ca.pem"));
    CHECK_THAT(Notifier::start(settings({}, "/nonexistent/spool")).error(), Contains("the spool /nonexistent/spool"));
    start(settings({}))->send(sample::event("nobody"));
}

TEST_CASE("notifier: names hold no address, and a receiver that is named twice is told once") {
    const auto notifier =
        start(settings({"webhook=http://10.0.0.1/s3cret", "command=/bin/true", "webhook=https://u:s3cret@127.0.0.1/",
                        "syslog=udp://127.0.0.1", "command=/bin/true", "command=/bin/false"}));
    std::vector<std::string> names;
    for (const ReceiverFacts& facts : notifier->facts()) names.push_back(facts.name);
    CHECK(names == std::vector<std::string>{"webhook 1", "command 1", "webhook 2", "syslog 1", "command 2"});
    REQUIRE(notifier->warnings().size() == 1);
    CHECK_THAT(notifier->warnings()[0], Contains("webhook 1: http:// is not encrypted") && !Contains("s3cret"));
}

TEST_CASE("notifier: a command gets the event, little of an environment, and no descriptor of ours") {
    const ScratchFolder folder;
    // A descriptor without FD_CLOEXEC, as a careless library may leave one.
    const int leaked = open("/dev/null", O_RDONLY);
    REQUIRE(leaked >= 0);
    const std::string out = folder.path("out");
    const auto notifier = start(settings({"command=" + script(folder, "take",
                                                              "cat > " + out +
                                                                  ".event\n"
                                                                  "env | sort > " +
                                                                  out +
                                                                  ".env\n"
                                                                  "ls /proc/$$/fd > " +
                                                                  out + ".fds\n")}));
    notifier->send(sample::event("e-1"));
    REQUIRE(eventually([&] { return notifier->facts()[0].delivered == 1; }));
    close(leaked);
    CHECK_THAT(content(out + ".event"), Contains("\"schema\":\"fdnprobe.event/1\",\"id\":\"e-1\""));
    const std::string environment = content(out + ".env");
    CHECK_THAT(environment, Contains("FDNPROBE_EVENT_ID=e-1\nFDNPROBE_EVENT_KIND=rows-changed\n"));
    CHECK_THAT(environment, Contains("PATH=/usr/local/sbin:") && !Contains("HOME="));
    // 10 and above are the shell's own.
    const std::string descriptors = content(out + ".fds");
    for (const std::string own : {"3\n", "4\n", "5\n", "6\n", "7\n", "8\n", "9\n"})
        CHECK(("\n" + descriptors).find("\n" + own) == std::string::npos);
    CHECK(notifier->facts()[0].last_problem.empty());
}

TEST_CASE("notifier: a command that fails is started again, in order, and its words are escaped") {
    const ScratchFolder folder;
    const std::string out = folder.path("out");
    const std::string path = script(folder, "fail",
                                    "printf '\\033[2Jno luck\\n' >&2\n"
                                    "[ -e " +
                                        out +
                                        ".good ] || exit 7\n"
                                        "echo $FDNPROBE_EVENT_ID >> " +
                                        out + "\n");
    const auto notifier = start(settings({"command=" + path}));
    for (const std::string id : {"a", "b", "c"}) notifier->send(sample::event(id));
    REQUIRE(eventually([&] { return notifier->facts()[0].failed >= 3; }));
    CHECK(notifier->facts()[0].waiting == 3);
    CHECK(notifier->facts()[0].last_problem == "it ended with exit code 7; it said: \\x1b[2Jno luck");
    folder.write("out.good", "");
    REQUIRE(eventually([&] { return notifier->facts()[0].delivered == 3; }));
    CHECK(content(out) == "a\nb\nc\n");
    CHECK(notifier->facts()[0].last_problem.empty());
    CHECK(notifier->facts()[0].waiting == 0);
}

TEST_CASE("notifier: commands that do not read, do not exist, say much, or end otherwise") {
    const ScratchFolder folder;
    const auto notifier =
        start(settings({"command=" + script(folder, "deaf", "exec <&-\nexit 0\n"), "command=" + folder.path("missing"),
                        "command=" + script(folder, "loud", "yes | head -c 300000\nexit 3\n"),
                        "command=" + script(folder, "suicide", "kill -TERM $$\n")}));
    // A pipe holds 64 KiB; this is more.
    notifier->send(sample::event("large", 200));
    REQUIRE(eventually([&] {
        const auto facts = notifier->facts();
        return facts[0].delivered == 1 && facts[1].failed >= 1 && facts[2].failed >= 1 && facts[3].failed >= 1;
    }));
    const auto facts = notifier->facts();
    CHECK(facts[1].last_problem == "it cannot be started: No such file or directory");
    CHECK_THAT(facts[2].last_problem, Contains("exit code 3; it said: y"));
    CHECK(facts[2].last_problem.size() <= 400);
    CHECK(facts[3].last_problem == "it ended by SIGTERM");
}

TEST_CASE("notifier: a command that does not end is killed, with what it has started") {
    const ScratchFolder folder;
    const std::string children = folder.path("children");
    Settings wanted =
        settings({"command=" + script(folder, "slow", "sleep 1000 & echo $! >> " + children + "\nwait\n")});
    wanted.attempt_timeout = 400ms;
    const auto notifier = start(wanted);
    notifier->send(sample::event("large", 200));
    REQUIRE(eventually([&] { return notifier->facts()[0].failed >= 2 && !content(children).empty(); }));
    CHECK(notifier->facts()[0].last_problem == "it took too long and was killed");
    notifier->stop(1s);
    for (const std::string& child : split(trim(content(children)), '\n'))
        CHECK(eventually([&] {
            const std::string stat = content("/proc/" + child + "/stat");
            return stat.find("(sleep)") == std::string::npos || stat.find(") Z ") != std::string::npos;
        }));
}

TEST_CASE("notifier: the oldest make room, and what became of them is said") {
    const ScratchFolder folder;
    Settings wanted = settings({"command=/bin/false"}, folder.path("spool"));
    wanted.most_waiting = 3;
    const auto notifier = start(wanted);
    for (int number = 0; number < 10; ++number) notifier->send(sample::event(std::to_string(number)));
    const auto facts = notifier->facts()[0];
    CHECK(facts.waiting == 3);
    CHECK(facts.given_up == 7);
    notifier->stop(100ms);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path("spool"))) ++files;
    CHECK(files == 4);  // with the lock
}

TEST_CASE("notifier: what an earlier one left is delivered by the next") {
    const ScratchFolder folder;
    const std::string out = folder.path("out");
    const std::string path =
        script(folder, "take", "[ -e " + out + ".good ] && echo $FDNPROBE_EVENT_ID >> " + out + "\n");
    const Settings wanted = settings({"command=" + path}, folder.path("spool"));
    {
        const auto notifier = start(wanted);
        for (const std::string id : {"a", "b", "c"}) notifier->send(sample::event(id));
        CHECK_THAT(Notifier::start(wanted).error(), Contains("in use by another process"));
        notifier->stop(1s);
        // It has let go of the folder, though it is still there.
        folder.write("out.good", "");
        const auto next = start(wanted);
        REQUIRE(eventually([&] { return next->facts()[0].delivered == 3; }));
    }
    CHECK(content(out) == "a\nb\nc\n");
    CHECK(start(wanted)->facts()[0].waiting == 0);
}

TEST_CASE("notifier: what a receiver refuses in the last moment stays for the next process") {
    const ScratchFolder folder;
    const Settings wanted = settings({"command=" + script(folder, "slow", "sleep 1000\n")}, folder.path("spool"));
    {
        const auto notifier = start(wanted);
        notifier->send(sample::event("a"));
        const auto began = Clock::now();
        notifier->stop(200ms);
        // Twenty times as long as it may take, for a machine that is busy with other tests.
        CHECK(Clock::now() - began < 4s);
    }
    CHECK(start(wanted)->facts()[0].waiting == 1);
}

TEST_CASE("notifier: a spool that can no longer be written is said, and messages go on") {
    const ScratchFolder folder;
    const auto notifier = start(settings({"command=/bin/true"}, folder.path("spool")));
    std::filesystem::remove_all(folder.path("spool"));
    notifier->send(sample::event("a"));
    REQUIRE(notifier->warnings().size() == 1);
    CHECK_THAT(notifier->warnings()[0], Contains("the spool cannot be written: No such file or directory"));
    CHECK(eventually([&] { return notifier->facts()[0].delivered == 1; }));
}

}  // namespace
}  // namespace fdnprobe::notify
