#include "notify/name_lookup.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <utility>

#include "system/ares.hpp"

namespace fdnprobe::notify {
namespace {

/// One question. c-ares gives its answer from within one of the calls below, or when the channel goes, which is why
/// what it writes to is declared first.
class Question {
  public:
    Question() {
        ares_options settings{};
        settings.timeout = 2000;  // of a resolver's first try; it doubles
        settings.tries = 2;
        channel_ = system::open_ares(settings, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    }

    void ask(const std::string& host, std::uint16_t port) {
        if (!channel_) {
            answered_ = true;
            return;
        }
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_flags = ARES_AI_NUMERICSERV;
        ares_getaddrinfo(channel_.get(), host.c_str(), std::to_string(port).c_str(), &hints, take, this);
    }

    [[nodiscard]] bool answered() const { return answered_; }
    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] Addresses release() { return std::move(addresses_); }

    /// Until c-ares has something to do: an answer to read, or another resolver to try.
    [[nodiscard]] Waited wait(const Attempt& attempt) {
        const int wanted = ares_getsock(channel_.get(), sockets_.data(), static_cast<int>(sockets_.size()));
        std::array<Attempt::Wanted, ARES_GETSOCK_MAXNUM> descriptors;
        count_ = 0;
        for (unsigned index = 0; index < sockets_.size(); ++index) {
            const bool reads = ARES_GETSOCK_READABLE(static_cast<unsigned>(wanted), index) != 0;
            const bool writes = ARES_GETSOCK_WRITABLE(static_cast<unsigned>(wanted), index) != 0;
            if (!reads && !writes) break;
            descriptors[count_++] = {sockets_[index],
                                     static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0))};
        }
        timeval due{};
        if (ares_timeout(channel_.get(), nullptr, &due) == nullptr) return attempt.wait({descriptors.data(), count_});
        const auto next = std::chrono::steady_clock::now() + std::chrono::seconds(due.tv_sec) +
                          std::chrono::microseconds(due.tv_usec);
        return attempt.wait_until(next, {descriptors.data(), count_});
    }

    /// Nothing here blocks: a socket that has nothing says so.
    void go_on() {
        ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        for (std::size_t index = 0; index < count_ && !answered_; ++index)
            ares_process_fd(channel_.get(), sockets_[index], sockets_[index]);
    }

  private:
    static void take(void* self, int status, int /*timeouts*/, ares_addrinfo* found) {
        auto& question = *static_cast<Question*>(self);
        question.answered_ = true;
        question.status_ = status;
        question.addresses_.reset(found);
    }

    bool answered_ = false;
    int status_ = ARES_ENOTINITIALIZED;
    Addresses addresses_;
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets_{};
    std::size_t count_ = 0;
    system::AresHandle channel_;
};

}  // namespace

Expected<Addresses, std::string> look_up(const std::string& host, std::uint16_t port, const Attempt& attempt) {
    Question question;
    question.ask(host, port);
    while (!question.answered()) {
        if (const Waited waited = question.wait(attempt); waited != Waited::ready)
            return Unexpected<std::string>(why_unless_ready(waited, "the name does not resolve in time"));
        question.go_on();
    }
    if (question.status() != ARES_SUCCESS)
        return Unexpected<std::string>(std::string("the name does not resolve: ") + ares_strerror(question.status()));
    return question.release();
}

}  // namespace fdnprobe::notify
