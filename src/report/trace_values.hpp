// How single values stand in a trace: so that what was observed can be had back from it to the byte.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/verdict.hpp"
#include "report/json_library.hpp"

namespace fdnprobe::report {

/// Text that may be shown stands as it is; any other is `base64:` and its bytes in base64 (RFC 4648, 4), and so is text
/// that begins with that word. HTTP credentials are blanked, at the same length.
[[nodiscard]] std::string trace_text(std::string_view raw);

/// The same of several.
[[nodiscard]] nlohmann::json trace_texts(const std::vector<std::string>& list);

/// Nanoseconds, as they were measured.
[[nodiscard]] inline nlohmann::json trace_span(std::chrono::nanoseconds span) { return span.count(); }

/// Empty text, like everything that is as it is without being said, is left out.
void set_text(nlohmann::json& object, const char* key, std::string_view raw);
void set_flag(nlohmann::json& object, const char* key, bool flag);
void set_where(nlohmann::json& object, const std::optional<Where>& where);

/// An address, with or without its port.
template <class Value>
void set_address(nlohmann::json& object, const char* key, const std::optional<Value>& address) {
    if (address) object[key] = address->to_string();
}

}  // namespace fdnprobe::report
