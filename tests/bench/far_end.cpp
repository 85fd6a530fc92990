// The listening side of the benchmarks, in a process of its own, the same for whoever is measured.
//
//   far_end accept ADDRESS:PORT…   accepts every connection and closes it late
//   far_end silent ADDRESS:PORT…   drops every SYN, without a packet filter
//
// Port 0 lets the system choose. Prints each address once it is listening, then an empty line, and ends with its
// standard input.
//
// Who closes first matters. A far end that hung up at once would turn an open port into one that closes after the
// connect, which is another verdict and more work. So it keeps the last connections (`late`), more than any client has
// in flight, and closes the oldest, whose client has gone by then. It closes with a reset (SO_LINGER of 0 s, inherited
// from the listener): the client's end is in FIN_WAIT2, the reset removes it, and no TIME_WAIT is left on either side.
// Otherwise half a million of them would pile up over the rounds and slow the later ones down, or run out of ports.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "destination.hpp"
#include "usage.hpp"

namespace {

using fdnprobe::bench::fail;

constexpr std::size_t late = 4096;  // four times the engine's default concurrency
constexpr int idle_ms = 200;        // after which the clients of a round have gone

int listen_on(sockaddr_in address, int backlog) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const linger reset{1, 0};
    setsockopt(listener, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (listener < 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, backlog) != 0)
        fail("far_end cannot listen");
    return listener;
}

sockaddr_in name_of(int listener) {
    sockaddr_in bound{};
    socklen_t length = sizeof bound;
    getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &length);
    return bound;
}

void announce(const std::vector<int>& listeners) {
    for (const int listener : listeners) {
        const sockaddr_in bound = name_of(listener);
        char text[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &bound.sin_addr, text, sizeof text);
        std::printf("%s:%u\n", text, static_cast<unsigned>(ntohs(bound.sin_port)));
    }
    std::printf("\n");
    std::fflush(stdout);
}

void accept_all(const std::vector<int>& listeners) {
    const int poller = epoll_create1(EPOLL_CLOEXEC);
    const auto watch = [poller](int descriptor) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = descriptor;
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
    };
    watch(STDIN_FILENO);
    for (const int listener : listeners) watch(listener);
    std::deque<int> kept;
    epoll_event events[64];
    using Clock = std::chrono::steady_clock;
    Clock::time_point last = Clock::now();
    for (;;) {
        // It does not sleep while connections come. Waking it is work that the kernel charges to whoever connects, and
        // a client that is a little slower would be charged more often: the faster one keeps it awake.
        const bool busy = !kept.empty() && Clock::now() - last < std::chrono::milliseconds(idle_ms);
        const int count = epoll_wait(poller, events, 64, busy ? 0 : kept.empty() ? -1 : 1);
        if (count > 0) last = Clock::now();
        if (count == 0 && !busy) {
            for (const int connection : kept) ::close(connection);
            kept.clear();
        }
        for (int index = 0; index < count; ++index) {
            if (events[index].data.fd == STDIN_FILENO) return;
            for (;;) {
                const int connection = ::accept4(events[index].data.fd, nullptr, nullptr, SOCK_CLOEXEC);
                if (connection < 0) break;
                kept.push_back(connection);
                if (kept.size() <= late) continue;
                ::close(kept.front());
                kept.pop_front();
            }
        }
    }
}

/// Fills the accept queue of each, which holds one connection where its length is 0: Linux drops every further SYN.
void fill(const std::vector<int>& listeners) {
    for (const int listener : listeners) {
        const sockaddr_in bound = name_of(listener);
        const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(filler, reinterpret_cast<const sockaddr*>(&bound), sizeof bound) != 0)
            fail("far_end cannot fill its queue");
    }
}

void wait_for_the_end() {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view mode = count > 1 ? arguments[1] : "";
    if (mode != "accept" && mode != "silent") fail("far_end accept|silent ADDRESS:PORT...");
    fdnprobe::bench::raise_descriptor_limit();
    std::vector<int> listeners;
    for (const sockaddr_in& address : fdnprobe::bench::destinations(count - 2, arguments + 2))
        listeners.push_back(listen_on(address, mode == "accept" ? SOMAXCONN : 0));
    if (mode == "silent") fill(listeners);
    announce(listeners);
    if (mode == "accept")
        accept_all(listeners);
    else
        wait_for_the_end();
    return 0;
}
