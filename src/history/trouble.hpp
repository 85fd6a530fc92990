// What SQLite and the operating system say when a history cannot be used, as a sentence that helps.
#pragma once

#include <string>
#include <string_view>

#include "history/history.hpp"

namespace fdnprobe::history {

/// `code` is SQLite's result code, extended or not; `system_error` is errno's of that moment (0: there is none).
[[nodiscard]] Trouble trouble_of(const std::string& file, int code, int system_error, std::string_view message);

/// The file cannot be reached or made at all.
[[nodiscard]] Trouble unreachable(const std::string& file, int system_error);
/// There is something else in its place.
[[nodiscard]] Trouble no_file(const std::string& file, std::string_view what);
/// There is nothing to read.
[[nodiscard]] Trouble absent(const std::string& file);
[[nodiscard]] Trouble foreign(const std::string& file);
[[nodiscard]] Trouble newer(const std::string& file, int schema, int known);
/// Too old to be read, and reading does not change it.
[[nodiscard]] Trouble older(const std::string& file, int schema, int known);
/// Bringing it up to date failed: `why` says what happened at which schema.
[[nodiscard]] Trouble not_upgraded(const std::string& file, int schema, const Trouble& why);
[[nodiscard]] Trouble damaged(const std::string& file, std::string_view how);
/// The file was moved or removed under the feet of the process that writes it.
[[nodiscard]] Trouble moved(const std::string& file);

}  // namespace fdnprobe::history
