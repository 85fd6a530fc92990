// A TOML document, and the list of what is wrong with it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/expected.hpp"
#include "config/toml.hpp"
#include "model/problem.hpp"

namespace fdnprobe::config {

/// The document in `text`. The first mistake in its syntax is the only one that is known: behind it nobody can tell
/// what was meant.
[[nodiscard]] Expected<toml::table, Problem> parse_document(std::string_view text, const std::string& file);

/// Collects what is wrong with one file.
class Complaints {
  public:
    explicit Complaints(const std::string& file);

    void error(const toml::source_position& at, std::string what);
    void error(const toml::node& at, std::string what) { error(at.source().begin, std::move(what)); }
    void warning(const toml::source_position& at, std::string what);

    /// In the order of the file.
    [[nodiscard]] Problems take_errors();
    [[nodiscard]] Problems take_warnings();

  private:
    std::string file_;
    Problems errors_;
    Problems warnings_;
};

}  // namespace fdnprobe::config
