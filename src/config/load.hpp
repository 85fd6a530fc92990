// Table and site files, read: every mistake in them with file, line and column, all at once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"
#include "model/probe_description.hpp"
#include "model/problem.hpp"

namespace fdnprobe::config {

/// No table or site that a person wrote comes near this; what is larger is a wrong file.
inline constexpr std::size_t largest_file = std::size_t{4} * 1024 * 1024;

/// Reads a table from its text; `file` is for the messages. On success `warnings` may have grown.
[[nodiscard]] Expected<Table, Problems> parse_table(std::string_view text, const std::string& file,
                                                    std::span<const ProbeDescription> probes, Problems& warnings);

/// Reads a site file from its text.
[[nodiscard]] Expected<Site, Problems> parse_site(std::string_view text, const std::string& file, Problems& warnings);

/// What kind of file a text says that it is, by its `schema`; for `fdnprobe validate`.
enum class FileKind : std::uint8_t { table, site, baseline, unknown };
[[nodiscard]] FileKind kind_of(std::string_view text);

/// The file's text; an unreadable, oversized, or special file is a problem, not an exception.
[[nodiscard]] Expected<std::string, Problem> read_text_file(const std::string& path);

/// The secret in a file, without the line's end. A file that others than its owner can read is refused. Problems never
/// repeat what is in it.
[[nodiscard]] Expected<std::string, Problem> read_secret_file(const std::string& path);

/// The file that `--targets NAME_OR_FILE` means: a path as it is; a name beside the binary, in a source tree, in the
/// user's and the system's configuration folders, and in the install prefix, in that order. The problem lists the
/// names that are there.
[[nodiscard]] Expected<std::string, Problem> find_table(const std::string& name_or_file);

/// The names of the tables that find_table would find, sorted.
[[nodiscard]] std::vector<std::string> table_names();

}  // namespace fdnprobe::config
