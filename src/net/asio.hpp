// The parts of Asio that this program uses, under short names. One thread and one io_context run everything: nothing
// here is locked. Coroutines are bound to the concrete executor, which spares a type-erased one in each step.
//
// GCC 12 miscompiles `co_await` in a condition, beside a braced temporary or beside a capturing lambda; it stands alone
// as a statement or initialises a named local everywhere in this program (tests/gates/coroutines.py).
#pragma once

#include <chrono>
#include <exception>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

namespace fdnprobe::net {

using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

/// A coroutine of this program.
template <class Value>
using Task = asio::awaitable<Value, Executor>;

/// Awaits an Asio operation; errors are part of the result, never thrown.
inline constexpr asio::experimental::as_tuple_t<asio::use_awaitable_t<Executor>> use_task{};

/// What a spawned coroutine ends in: a fault of this program leaves the event loop instead of vanishing.
inline constexpr auto rethrow = [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
};

}  // namespace fdnprobe::net
