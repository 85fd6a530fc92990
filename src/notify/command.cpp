#include "notify/command.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "notify/connection.hpp"
#include "notify/process.hpp"

namespace fdnprobe::notify {
namespace {

/// What a command said before it failed: its first lines tell why.
constexpr std::size_t most_of_output = 1024;
/// Without a descriptor that tells of the end, it is looked for so often.
constexpr std::chrono::milliseconds look_again{50};

std::vector<std::string> environment_for(const Message& message) {
    return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "FDNPROBE_EVENT_KIND=" + message.kind,
            "FDNPROBE_EVENT_ID=" + message.id};
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) {
        const char* name = sigabbrev_np(WTERMSIG(status));
        return name == nullptr ? fmt::format("it ended by signal {}", WTERMSIG(status))
                               : fmt::format("it ended by SIG{}", name);
    }
    return fmt::format("it ended with exit code {}", WEXITSTATUS(status));
}

/// The dialogue with one started command.
class Running {
  public:
    Running(Process process, std::string_view event) : process_(std::move(process)), event_(event) {}

    Outcome finish(const Attempt& attempt) {
        while (!process_.status()) {
            write_some();
            read_some();
            if (const Waited waited = wait(attempt); waited != Waited::ready)
                return failed(with_output(why_unless_ready(waited, "it took too long and was killed")));
        }
        read_some();
        const int status = *process_.status();
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return taken();
        return failed(with_output(how_it_ended(status)));
    }

  private:
    Waited wait(const Attempt& attempt) {
        // Writing and its end, or reading and its end: whichever pipe is still open is watched beside the end itself.
        const std::array<Attempt::Wanted, 3> wanted{{{process_.input.number(), POLLOUT},
                                                     {process_.output.number(), POLLIN},
                                                     {process_.ended.number(), POLLIN}}};
        if (process_.ended.is_open()) return attempt.wait(wanted);
        return attempt.wait_until(std::chrono::steady_clock::now() + look_again, wanted);
    }

    /// A command need not read what it is given; one that ends without reading has its exit code all the same.
    void write_some() {
        while (process_.input.is_open()) {
            const ssize_t written = write(process_.input.number(), event_.data(), event_.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0 && errno == EAGAIN) return;
            if (written > 0) event_.remove_prefix(static_cast<std::size_t>(written));
            if (written < 0 || event_.empty()) process_.input.close();
        }
    }

    void read_some() {
        std::array<char, 4096> buffer{};
        // What one command can write in the meantime must not keep this from looking at the time.
        for (int rounds = 0; rounds < 16 && process_.output.is_open(); ++rounds) {
            const ssize_t got = read(process_.output.number(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) {
                process_.output.close();
                return;
            }
            const std::size_t room = most_of_output - output_.size();
            output_.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
        }
    }

    [[nodiscard]] std::string with_output(std::string problem) const {
        const std::string_view said = trim(output_);
        return said.empty() ? problem : fmt::format("{}; it said: {}", problem, said);
    }

    Process process_;
    std::string_view event_;
    std::string output_;
};

class Command : public Carrier {
  public:
    explicit Command(CommandTarget target) : target_(std::move(target)) {}

    Outcome deliver(const Message& message, const Attempt& attempt) override {
        auto process = Process::start(target_.path, environment_for(message));
        if (!process) return failed(process.error());
        return Running(std::move(*process), message.body).finish(attempt);
    }

  private:
    CommandTarget target_;
};

}  // namespace

std::unique_ptr<Carrier> make_command(CommandTarget target) { return std::make_unique<Command>(std::move(target)); }

}  // namespace fdnprobe::notify
