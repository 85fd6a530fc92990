#include "notify/outbox.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "catch.hpp"
#include "notify/backoff.hpp"
#include "sample.hpp"

namespace fdnprobe::notify {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr WallMoment monday{std::chrono::milliseconds(1'790'000'000'000)};
const Outbox::Moment start{std::chrono::hours(1000)};

Queued queued(const std::string& id, std::size_t bytes = 10, WallMoment at = monday) {
    Message message;
    message.id = id;
    message.queued = at;
    message.body = std::string(bytes, 'x');
    return {std::make_shared<const Message>(message), id + ".file"};
}

Outbox outbox(std::size_t most = 1000) {
    return {Backoff(1s, 60s, [] { return 1.0; }), std::chrono::hours(24), most};
}

std::vector<std::string> ids(const std::vector<Queued>& list) {
    std::vector<std::string> found;
    for (const Queued& one : list) found.push_back(one.message->id);
    return found;
}

TEST_CASE("backoff: doubles up to the longest, and begins anew after a success") {
    Backoff backoff(1s, 10s, [] { return 1.0; });
    for (const auto expected : {1s, 2s, 4s, 8s, 10s, 10s, 10s}) CHECK(backoff.after_failure(std::nullopt) == expected);
    backoff.after_success();
    CHECK(backoff.after_failure(std::nullopt) == 1s);
}

TEST_CASE("backoff: chance moves the wait within its upper half") {
    double chance = 0;
    Backoff backoff(1s, 1s, [&] { return chance; });
    CHECK(backoff.after_failure(std::nullopt) == 500ms);
    chance = 0.5;
    CHECK(backoff.after_failure(std::nullopt) == 750ms);
    chance = 0.999;
    CHECK(backoff.after_failure(std::nullopt) == 999ms);
}

TEST_CASE("backoff: a receiver gets the wait it asks for, within bounds") {
    Backoff backoff(1s, 60s, [] { return 1.0; });
    CHECK(backoff.after_failure(30s) == 30s);
    CHECK(backoff.after_failure(0s) == 2s);  // never less than our own
    CHECK(backoff.after_failure(1h) == 60s);
    CHECK(backoff.after_failure(std::chrono::seconds::max()) == 60s);
    CHECK(Backoff(0s, 0s, [] { return 0.0; }).after_failure(std::nullopt) == 1ms);
}

TEST_CASE("backoff: years of failures stay at the longest wait") {
    Backoff backoff(1s, milliseconds::max() / 2, [] { return 0.5; });
    milliseconds before{0};
    for (int attempt = 0; attempt < 200; ++attempt) {
        const milliseconds wait = backoff.after_failure(std::nullopt);
        REQUIRE(wait >= before);
        before = wait;
    }
}

TEST_CASE("outbox: keeps the order, and holds everything back while it waits") {
    Outbox box = outbox();
    CHECK(!box.next());
    CHECK(box.add(queued("a")).empty());
    CHECK(box.add(queued("b")).empty());
    REQUIRE(box.next());
    CHECK(*box.next() <= start);
    CHECK(box.begin().message->id == "a");
    box.failed(start, std::nullopt);
    CHECK(*box.next() == start + 1s);
    CHECK(box.begin().message->id == "a");
    box.failed(start + 1s, 20s);
    CHECK(*box.next() == start + 21s);
    CHECK(box.add(queued("c")).empty());
    CHECK(*box.next() == start + 21s);
    CHECK(box.begin().message->id == "a");
    CHECK(box.done().file == "a.file");
    CHECK(*box.next() <= start);
    CHECK(box.begin().message->id == "b");
    box.failed(start + 30s, std::nullopt);
    CHECK(*box.next() == start + 31s);  // a success lies between
    CHECK(box.waiting() == 2);
}

TEST_CASE("outbox: the oldest make room, but never the one that is being tried") {
    Outbox box = outbox(2);
    CHECK(box.add(queued("a")).empty());
    CHECK(box.add(queued("b")).empty());
    CHECK(ids(box.add(queued("c"))) == std::vector<std::string>{"a"});
    CHECK(box.begin().message->id == "b");
    CHECK(ids(box.add(queued("d"))) == std::vector<std::string>{"c"});
    CHECK(box.done().message->id == "b");
    CHECK(box.begin().message->id == "d");
    Outbox one = outbox(1);
    CHECK(one.add(queued("a")).empty());
    CHECK(one.begin().message->id == "a");
    CHECK(one.add(queued("b")).empty());
    CHECK(ids(one.add(queued("c"))) == std::vector<std::string>{"b"});
}

TEST_CASE("outbox: large messages make room earlier") {
    Outbox box = outbox();
    const std::size_t half = most_bytes_waiting / 2;
    CHECK(box.add(queued("a", half)).empty());
    CHECK(box.add(queued("b", half)).empty());
    CHECK(ids(box.add(queued("c", 1))) == std::vector<std::string>{"a"});
    CHECK(box.add(queued("d", half - 1)).empty());
    CHECK(ids(box.add(queued("e", 3 * half))) == std::vector<std::string>{"b", "c", "d"});
    CHECK(box.waiting() == 1);
}

TEST_CASE("outbox: what is too old is given up, before or after a restart") {
    Outbox box = outbox();
    CHECK(box.add(queued("a", 1, monday)).empty());
    CHECK(box.add(queued("b", 1, monday + 2h)).empty());
    CHECK(box.expire(monday + 24h).empty());
    CHECK(box.begin().message->id == "a");
    CHECK(box.expire(monday + 25h).empty());  // it is being tried
    box.failed(start, std::nullopt);
    CHECK(ids(box.expire(monday + 25h)) == std::vector<std::string>{"a"});
    CHECK(ids(box.expire(monday + 27h)) == std::vector<std::string>{"b"});
    CHECK(box.waiting() == 0);
}

}  // namespace
}  // namespace fdnprobe::notify
