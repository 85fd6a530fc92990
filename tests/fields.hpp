// How many fields an aggregate has, so that a test can notice a new one.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

namespace fields {

template <class>
inline constexpr bool is_optional = false;
template <class Value>
inline constexpr bool is_optional<std::optional<Value>> = true;

/// Stands for a field of any type. An optional takes it as its value, and would not know what to do with both ways.
struct Anything {
    template <class Type>
    requires(!is_optional<Type>)
    // NOLINTNEXTLINE(google-explicit-constructor): to be taken for whatever is wanted.
    operator Type() const;
};

template <class Aggregate, class... Fields>
constexpr std::size_t count() {
    static_assert(std::is_aggregate_v<Aggregate>);
    if constexpr (requires { Aggregate{Fields{}..., Anything{}}; })
        return count<Aggregate, Fields..., Anything>();
    else
        return sizeof...(Fields);
}

}  // namespace fields
