// The baseline: what a TCP connect costs on this machine without a program around it. A non-blocking connect, one wait
// in epoll, SO_ERROR, close; nothing is recorded but the error.
//
//   epoll_connect rate CHECKS CONCURRENCY ADDRESS:PORT…   CHECKS connects to open ports in turn, so many at once
//   epoll_connect memory CHECKS ADDRESS:PORT…             CHECKS connects to silent ports, all at once, and what they
//                                                         hold in memory
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "destination.hpp"
#include "usage.hpp"

namespace {

using fdnprobe::bench::fail;
using fdnprobe::bench::Memory;

class Loop {
  public:
    Loop(std::size_t checks, std::size_t concurrency, const std::vector<sockaddr_in>& destinations)
        : concurrency_(concurrency), destinations_(destinations), results_(checks, -1), descriptors_(checks, -1) {}

    void start() {
        for (; next_ < results_.size() && in_flight_ < concurrency_; ++next_, ++in_flight_) {
            const sockaddr_in& to = destinations_[next_ % destinations_.size()];
            const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            if (descriptor < 0) fail("epoll_connect is out of descriptors");
            if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
                fail("epoll_connect cannot connect");
            descriptors_[next_] = descriptor;
            epoll_event event{};
            event.events = EPOLLOUT;
            event.data.u64 = next_;
            epoll_ctl(poller_, EPOLL_CTL_ADD, descriptor, &event);
        }
    }

    void run() {
        epoll_event events[128];  // as many as Asio takes at a time
        for (start(); in_flight_ > 0; start()) {
            const int count = epoll_wait(poller_, events, 128, -1);
            for (int index = 0; index < count; ++index) finish(events[index].data.u64);
        }
    }

    [[nodiscard]] std::size_t connected() const {
        std::size_t count = 0;
        for (const int result : results_) count += result == 0 ? 1 : 0;
        return count;
    }

  private:
    void finish(std::size_t index) {
        socklen_t length = sizeof results_[index];
        getsockopt(descriptors_[index], SOL_SOCKET, SO_ERROR, &results_[index], &length);
        ::close(descriptors_[index]);
        --in_flight_;
    }

    std::size_t concurrency_;
    const std::vector<sockaddr_in>& destinations_;
    std::vector<int> results_;
    std::vector<int> descriptors_;
    std::size_t next_ = 0;
    std::size_t in_flight_ = 0;
    int poller_ = epoll_create1(EPOLL_CLOEXEC);
};

}  // namespace

int main(int count, char** arguments) {
    const std::string_view mode = count > 3 ? arguments[1] : "";
    const bool rate = mode == "rate";
    if (!rate && mode != "memory") fail("epoll_connect rate CHECKS CONCURRENCY|memory CHECKS ADDRESS:PORT...");
    const std::size_t checks = std::strtoul(arguments[2], nullptr, 10);
    const std::size_t concurrency = rate ? std::strtoul(arguments[3], nullptr, 10) : checks;
    const int options = rate ? 4 : 3;
    const auto destinations = fdnprobe::bench::destinations(count - options, arguments + options);
    fdnprobe::bench::raise_descriptor_limit();
    if (rate) {
        const fdnprobe::bench::Stopwatch watch;
        Loop loop(checks, concurrency, destinations);
        loop.run();
        watch.print(checks, loop.connected());
    } else {
        const Memory before = Memory::now();
        Loop loop(checks, concurrency, destinations);
        loop.start();
        fdnprobe::bench::print_growth(before, Memory::now(), checks, checks);
    }
    return 0;
}
