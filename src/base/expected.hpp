// A value, or why there is none. GCC 12 has no std::expected in C++20; this is the library that it was modelled on.
#pragma once

#include <tl/expected.hpp>

namespace fdnprobe {

template <class Value, class Failure>
using Expected = tl::expected<Value, Failure>;

template <class Failure>
using Unexpected = tl::unexpected<Failure>;

}  // namespace fdnprobe
