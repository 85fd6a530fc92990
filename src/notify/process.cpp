#include "notify/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "notify/connection.hpp"

namespace fdnprobe::notify {
namespace {

struct Pipe {
    system::Descriptor from;
    system::Descriptor into;
};

Expected<Pipe, std::string> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return Unexpected<std::string>("there is no pipe: " + error_text(errno));
    return Pipe{system::Descriptor(ends[0]), system::Descriptor(ends[1])};
}

class FileActions {
  public:
    FileActions() { posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    posix_spawn_file_actions_t* get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
  public:
    Attributes() { posix_spawnattr_init(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    posix_spawnattr_t* get() { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

/// The threads here have all signals blocked and this process ignores some; neither is for a child to inherit.
void set_group_and_signals(posix_spawnattr_t* attributes) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

void do_not_block(const system::Descriptor& descriptor) {
    fcntl(descriptor.number(), F_SETFL, fcntl(descriptor.number(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

Expected<Process, std::string> Process::start(const std::string& path, const std::vector<std::string>& environment) {
    auto input = make_pipe();
    if (!input) return Unexpected<std::string>(input.error());
    auto output = make_pipe();
    if (!output) return Unexpected<std::string>(output.error());

    FileActions actions;
    posix_spawn_file_actions_adddup2(actions.get(), input->from.number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(actions.get(), output->into.number(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(actions.get(), output->into.number(), STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(actions.get(), STDERR_FILENO + 1);
    Attributes attributes;
    set_group_and_signals(attributes.get());

    std::string program = path;
    std::array<char*, 2> arguments{program.data(), nullptr};
    std::vector<std::string> variables = environment;
    std::vector<char*> pointers;
    pointers.reserve(variables.size() + 1);
    for (std::string& variable : variables) pointers.push_back(variable.data());
    pointers.push_back(nullptr);

    pid_t child = -1;
    const int error =
        posix_spawn(&child, path.c_str(), actions.get(), attributes.get(), arguments.data(), pointers.data());
    if (error != 0) return Unexpected<std::string>("it cannot be started: " + error_text(error));
    Process process(child);
    process.input = std::move(input->into);
    process.output = std::move(output->from);
    // The header of glibc 2.36 declares pidfd_open() for C only.
    process.ended = system::Descriptor(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    do_not_block(process.input);
    do_not_block(process.output);
    return process;
}

Process::Process(Process&& other) noexcept
    : input(std::move(other.input)),
      output(std::move(other.output)),
      ended(std::move(other.ended)),
      child_(std::exchange(other.child_, -1)),
      status_(other.status_) {}

Process::~Process() {
    if (child_ < 0) return;
    // It has not been waited for, so that its number is still its own.
    kill(-child_, SIGKILL);
    kill(child_, SIGKILL);
    while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::optional<int> Process::status() {
    if (child_ < 0) return status_;
    int status = 0;
    const pid_t found = waitpid(child_, &status, WNOHANG);
    if (found == 0 || (found < 0 && errno == EINTR)) return std::nullopt;
    // Where the process has its children reaped by the system (SIGCHLD ignored), nobody knows how this one ended.
    status_ = found < 0 ? W_EXITCODE(255, 0) : status;
    child_ = -1;
    return status_;
}

}  // namespace fdnprobe::notify
