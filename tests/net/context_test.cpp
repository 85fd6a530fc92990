#include "net/context.hpp"

#include <chrono>
#include <string>

#include "catch.hpp"
#include "net/condition.hpp"
#include "net/run_task.hpp"

using namespace fdnprobe::net;

namespace {

Task<void> pass_gate(Gate& gate, std::string name, std::string& order, Condition& open) {
    const bool entered = co_await gate.enter();
    order += entered ? name : "-";
    if (!entered) co_return;
    [[maybe_unused]] const Outcome outcome = co_await open.wait(Clock::time_point::max());
    gate.leave();
}

Task<Outcome> wait_for(Condition& condition, Clock::time_point limit) {
    const Outcome outcome = co_await condition.wait(limit);
    co_return outcome;
}

}  // namespace

TEST_CASE("a gate serves in the order of coming and lets no more in than it holds") {
    Context context(2);
    Condition open(context);
    std::string order;
    for (const char* name : {"a", "b", "c", "d", "e"})
        asio::co_spawn(context.io, pass_gate(context.descriptors, name, order, open), rethrow);
    // Nobody leaves before the condition is announced, however long this takes.
    for (const char* inside : {"ab", "abcd"}) {
        context.io.poll();
        CHECK(order == inside);
        CHECK_FALSE(context.descriptors.try_enter());
        open.announce();
    }
    context.io.poll();
    CHECK(order == "abcde");
    CHECK(context.descriptors.try_enter());
}

TEST_CASE("whoever waits at a gate is sent away when the run is stopped") {
    Context context(1);
    Condition open(context);
    std::string order;
    REQUIRE(context.descriptors.try_enter());
    asio::co_spawn(context.io, pass_gate(context.descriptors, "a", order, open), rethrow);
    context.io.poll();
    context.stop();
    context.io.restart();
    context.io.run();
    CHECK(order == "-");
}

TEST_CASE("a condition wakes all who wait, and each at its own limit") {
    Context context(1);
    Condition condition(context);
    SECTION("announced") {
        Timer timer(context.io, Clock::now() + std::chrono::milliseconds(5));
        timer.async_wait([&](const asio::error_code&) { condition.announce(); });
        CHECK(run_task(context, wait_for(condition, Clock::now() + generous)) == Outcome::ok);
    }
    SECTION("expired") {
        CHECK(run_task(context, wait_for(condition, Clock::now() + std::chrono::milliseconds(5))) == Outcome::expired);
    }
    SECTION("stopped") {
        asio::post(context.io, [&] { context.stop(); });
        CHECK(run_task(context, wait_for(condition, Clock::time_point::max())) == Outcome::stopped);
    }
    SECTION("stopped before") {
        context.stop();
        CHECK(run_task(context, wait_for(condition, Clock::time_point::max())) == Outcome::stopped);
    }
}

TEST_CASE("a sleep ends early when the run is stopped") {
    Context context(1);
    asio::post(context.io, [&] { context.stop(); });
    CHECK_FALSE(run_task(context, context.sleep(std::chrono::hours(1))));
}
