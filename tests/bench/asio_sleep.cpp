// What there is to a program that waits with Asio and does nothing else: the fixed point for a watch between two runs.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <asio/impl/src.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

int main() {
    asio::io_context context(1);
    asio::signal_set signals(context, SIGTERM);
    signals.async_wait([&](const std::error_code&, int) { context.stop(); });
    asio::steady_timer timer(context, std::chrono::hours(1));
    timer.async_wait([](const std::error_code&) {});
    std::printf("asleep\n");
    std::fflush(stdout);
    context.run();
    return 0;
}
