// A file that is there for as long as a responder listens, and says where: what a script waits for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/output_file.hpp"
#include "base/expected.hpp"

namespace fdnprobe::app {

class ReadyFile {
  public:
    /// The first line of each, by which a stale one is known.
    static constexpr std::string_view mark = "fdnprobe respond";

    /// Makes sure that it can be written, and removes what an earlier run had to leave behind. A file that is something
    /// else is not touched: the text says so, or what else is in the way.
    [[nodiscard]] static Expected<ReadyFile, std::string> prepare(const std::string& path);

    ReadyFile(ReadyFile&& other) noexcept;
    ReadyFile& operator=(ReadyFile&&) = delete;
    ReadyFile(const ReadyFile&) = delete;
    ReadyFile& operator=(const ReadyFile&) = delete;
    ~ReadyFile();

    /// Puts it in place, below its mark; nothing, or why it failed.
    [[nodiscard]] std::optional<std::string> announce(std::string_view text);

  private:
    ReadyFile(OutputFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

    OutputFile file_;
    std::string path_;
    bool announced_ = false;
};

}  // namespace fdnprobe::app
