// Runs a coroutine to its end in a test.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "net/context.hpp"

namespace fdnprobe::net {

template <class Value>
Value run_task(Context& context, Task<Value> task) {
    std::optional<Value> result;
    asio::co_spawn(context.io, std::move(task), [&](const std::exception_ptr& failure, Value value) {
        rethrow(failure);
        result.emplace(std::move(value));
        context.io.stop();
    });
    context.io.restart();
    context.io.run();
    return std::move(*result);
}

/// For ordering and bounds, never for measuring: a loaded machine may be a second late.
inline constexpr auto generous = std::chrono::seconds(5);

}  // namespace fdnprobe::net
