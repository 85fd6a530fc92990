// A proxy on loopback that does what a test tells it: one thread, one connection after the other.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "fdnprobe/address.hpp"
#include "net/socket_address.hpp"

namespace fdnprobe::net {

class FakeProxy {
  public:
    /// One connection. `request` is its head; empty: the connection ended without one.
    using Serve = std::function<void(int descriptor, const std::string& request)>;

    explicit FakeProxy(Serve serve) : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const NativeAddress any = to_native(SocketAddress{*Address::parse("127.0.0.1"), 0});
        REQUIRE(::bind(listener_, any.pointer(), any.length) == 0);
        REQUIRE(::listen(listener_, 64) == 0);
        address_ = *local_address(listener_);
        thread_ = std::thread([this] { accept(); });
    }
    FakeProxy(const FakeProxy&) = delete;
    FakeProxy& operator=(const FakeProxy&) = delete;
    ~FakeProxy() {
        ::shutdown(listener_, SHUT_RDWR);  // closing alone does not wake the thread
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] SocketAddress address() const { return address_; }
    /// The heads of all requests, in their order.
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    [[nodiscard]] int connections() const { return connections_; }

    static void say(int descriptor, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    /// Until there is as much, or the other side ends.
    static std::string hear(int descriptor, std::size_t size) {
        std::string bytes;
        char byte = 0;
        while (bytes.size() < size && ::recv(descriptor, &byte, 1, 0) == 1) bytes += byte;
        return bytes;
    }
    /// Until the other side ends.
    static void wait(int descriptor) { hear(descriptor, 1U << 20U); }
    /// The next close is a reset.
    static void cut(int descriptor) {
        const linger at_once{1, 0};
        ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

  private:
    void accept() {
        for (;;) {
            const int descriptor = ::accept(listener_, nullptr, nullptr);
            if (descriptor < 0) return;
            ++connections_;
            std::string head;
            while (!head.ends_with("\r\n\r\n")) {
                const std::string byte = hear(descriptor, 1);
                if (byte.empty()) break;
                head += byte;
            }
            if (!head.empty()) {
                const std::lock_guard lock(mutex_);
                requests_.push_back(head);
            }
            serve_(descriptor, head);
            ::close(descriptor);
        }
    }

    Serve serve_;
    int listener_;
    SocketAddress address_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::atomic<int> connections_ = 0;
    std::thread thread_;
};

}  // namespace fdnprobe::net
