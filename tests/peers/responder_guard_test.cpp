#include "peers/responder_guard.hpp"

#include <string>

#include "catch.hpp"

using namespace fdnprobe;
using namespace fdnprobe::peers;
using namespace std::chrono_literals;
namespace message = fdnprobe::wire::responder;

namespace {

const std::string key(64, 'k');

Instant at(std::chrono::milliseconds since) {
    return {std::chrono::steady_clock::time_point(1h + since),
            std::chrono::sys_time<std::chrono::milliseconds>(1790000000s + since)};
}

/// A request that is as old as `age`, whose nonce begins with that number.
std::string request(int number, Instant now, std::chrono::milliseconds age = 0ms, const std::string& with = key) {
    message::Request one;
    one.asked = Port{Transport::tcp, 443};
    one.time = now.wall - age;
    one.nonce = std::to_string(number);
    one.nonce.resize(message::nonce_size, '.');
    one.attempt.assign(message::attempt_size, 'a');
    return encode(one, with);
}

Ruling ruling(ResponderGuard& guard, const std::string& bytes, Instant now, const std::string& sender = "192.0.2.1") {
    return guard.judge(bytes, sender, now).ruling;
}

}  // namespace

TEST_CASE("who has the key is answered, once for each nonce") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    const std::string first = request(1, now);
    CHECK(ruling(guard, first, now) == Ruling::answer);
    CHECK(ruling(guard, first, now) == Ruling::replay);
    CHECK(ruling(guard, first, now, "192.0.2.2") == Ruling::replay);
    CHECK(ruling(guard, request(2, now), now) == Ruling::answer);
    CHECK(ruling(guard, request(3, now) + "padding", now) == Ruling::answer);
}

TEST_CASE("strangers are not answered, whatever they send") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    const std::string good = request(1, now);
    CHECK(ruling(guard, "", now) == Ruling::not_a_request);
    CHECK(ruling(guard, std::string(500, 'x'), now) == Ruling::not_a_request);
    for (std::size_t size = 0; size < good.size(); ++size)
        REQUIRE(ruling(guard, good.substr(0, size), now) == Ruling::not_a_request);
    CHECK(ruling(guard, request(2, now, 0ms, std::string(64, 'x')), now) == Ruling::wrong_key);
    for (std::size_t place = 8; place < message::message_size; ++place) {
        std::string changed = good;
        changed[place] = static_cast<char>(changed[place] ^ 1);
        REQUIRE(ruling(guard, changed, now) == Ruling::wrong_key);
    }
    CHECK(ruling(guard, good, now) == Ruling::answer);
}

TEST_CASE("a responder's own reply that comes back is known") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    message::Reply reply;
    reply.nonce.assign(message::nonce_size, 'n');
    reply.attempt.assign(message::attempt_size, 'a');
    reply.time = now.wall;
    CHECK(ruling(guard, encode(reply, key), now) == Ruling::a_reply);
    CHECK(ruling(guard, encode(reply, "another key, as long as it must be"), now) == Ruling::wrong_key);
}

TEST_CASE("a clock may differ by the tolerance, in both directions") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    CHECK(ruling(guard, request(1, now, 5min), now) == Ruling::answer);
    CHECK(ruling(guard, request(2, now, -5min), now) == Ruling::answer);
    const Judgement old = guard.judge(request(3, now, 5min + 1ms), "192.0.2.1", now);
    CHECK(old.ruling == Ruling::other_clock);
    CHECK(old.clock_difference == -(5min + 1ms));
    CHECK(guard.judge(request(4, now, -(5min + 1ms)), "192.0.2.1", now).ruling == Ruling::other_clock);
    // What was refused for its time has not used its nonce up, and cannot be good later either.
    CHECK(ruling(guard, request(3, now), now) == Ruling::answer);
}

TEST_CASE("a replay is refused for as long as its time is good") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    const std::string ahead = request(1, now, -5min);
    CHECK(ruling(guard, ahead, now) == Ruling::answer);
    for (const auto later : {1min, 5min, 9min, 10min}) CHECK(ruling(guard, ahead, at(later)) == Ruling::replay);
    CHECK(ruling(guard, ahead, at(10min + 1ms)) == Ruling::other_clock);
}

TEST_CASE("nonces are forgotten in time, and what cannot be remembered is refused") {
    using Entry = NonceMemory::Entry;
    const auto now = at(0s).steady;
    NonceMemory memory(2);
    CHECK(memory.enter("one", now) == Entry::fresh);
    CHECK(memory.enter("two", now + 1min) == Entry::fresh);
    CHECK(memory.enter("three", now + 2min) == Entry::full);
    CHECK(memory.enter("one", now + 2min) == Entry::seen);
    CHECK(memory.size() == 2);
    CHECK(memory.enter("three", now + 10min + 1s) == Entry::fresh);
    CHECK(memory.enter("two", now + 10min + 1s) == Entry::seen);
}

TEST_CASE("one source has a burst, then its rate; others have theirs") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    int number = 0;
    const auto answered = [&](Instant when, const std::string& sender, int tries) {
        int count = 0;
        for (int index = 0; index < tries; ++index)
            count += ruling(guard, request(++number, when), when, sender) == Ruling::answer ? 1 : 0;
        return count;
    };
    CHECK(answered(now, "192.0.2.1", 600) == 500);
    CHECK(answered(now, "192.0.2.2", 10) == 10);
    CHECK(answered(at(1s), "192.0.2.1", 300) == 100);
    CHECK(answered(at(1h), "192.0.2.1", 600) == 500);
}

TEST_CASE("all sources together have a rate") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    int answered = 0;
    for (int number = 0; number < 3000; ++number)
        answered += ruling(guard, request(number, now), now, std::to_string(number % 30)) == Ruling::answer ? 1 : 0;
    CHECK(answered == 1000);
}

TEST_CASE("strangers use up nothing of what those with the key may ask") {
    const Instant now = at(0s);
    ResponderGuard guard(key, now);
    const std::string overheard = request(0, now);
    CHECK(ruling(guard, overheard, now) == Ruling::answer);
    for (int number = 0; number < 5000; ++number) {
        REQUIRE(ruling(guard, request(number, now, 0ms, "wrong"), now) == Ruling::wrong_key);
        REQUIRE(ruling(guard, overheard, now) == Ruling::replay);
    }
    CHECK(ruling(guard, request(1, now), now) == Ruling::answer);
}

TEST_CASE("the table of sources is bounded, and makes room for new ones") {
    const auto now = at(0s).steady;
    RateLimit limit(now);
    for (std::size_t index = 0; index < 2 * RateLimit::most_sources; ++index)
        CHECK(limit.take(std::to_string(index), now) == (index < 1000));
    CHECK(limit.sources() == RateLimit::most_sources);
    // Those that have been quiet for a while are forgotten.
    CHECK(limit.take("new", now + 1s));
    CHECK(limit.sources() <= RateLimit::most_sources);
}
