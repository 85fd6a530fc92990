// A child process in a process group of its own, with a pipe to its standard input and one from its two outputs.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::notify {

class Process {
  public:
    /// `environment`: NAME=VALUE, and nothing else. The error is a clause.
    [[nodiscard]] static Expected<Process, std::string> start(const std::string& path,
                                                              const std::vector<std::string>& environment);
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills what is still running, with its group.
    ~Process();

    system::Descriptor input;   ///< does not block
    system::Descriptor output;  ///< does not block
    /// Becomes readable when the process ends; not open where the system has no such thing.
    system::Descriptor ended;

    /// Its status as waitpid(2) gives it; nothing while it runs.
    [[nodiscard]] std::optional<int> status();

  private:
    explicit Process(pid_t child) : child_(child) {}
    pid_t child_ = -1;  ///< -1: there is none any more
    std::optional<int> status_;
};

}  // namespace fdnprobe::notify
