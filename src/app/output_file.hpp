// A file that is written whole or not at all: beside its place first, then moved there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::app {

class OutputFile {
  public:
    /// Makes sure, before anything else is done, that the file can be written; the text says why not, and which option
    /// named it.
    [[nodiscard]] static Expected<OutputFile, std::string> prepare(const std::string& path,
                                                                   std::string_view option = "--output");

    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    /// Removes what was not committed.
    ~OutputFile();

    /// Writes and puts in place; nothing, or why it failed.
    [[nodiscard]] std::optional<std::string> commit(std::string_view text);

  private:
    OutputFile() = default;

    std::string option_;
    std::string path_;
    std::string temporary_;  ///< empty: a device or a pipe, written as it is
    system::Descriptor file_;
};

}  // namespace fdnprobe::app
