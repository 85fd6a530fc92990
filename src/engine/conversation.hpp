// The loop over a dialogue's steps, on a transport that is up: what streams and datagrams have in common.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "engine/talk.hpp"
#include "net/datagram.hpp"

namespace fdnprobe::engine {

class Conversation {
  public:
    Conversation(const TalkSettings& settings, const Check& check, const probes::Probe& probe,
                 const probes::Occasion& occasion, net::Socket& socket, net::Datagrams* datagrams,
                 net::Recorder& recorder);

    /// What the far end had said before the conversation began.
    void begin_with(std::string bytes) { stream_.begin_with(std::move(bytes)); }

    [[nodiscard]] net::Task<void> run();

  private:
    [[nodiscard]] net::Task<net::Outcome> carry_out(const probes::Step& step, std::string& bytes);
    [[nodiscard]] net::Task<net::Outcome> send(const probes::Step& step);
    [[nodiscard]] net::Task<net::Outcome> receive(const probes::Step& step, std::string& bytes);
    [[nodiscard]] net::Task<net::Outcome> hold(const probes::Step& step, std::string& bytes);
    [[nodiscard]] net::Task<net::Outcome> start_tls(const probes::Step& step);
    /// Whatever the transport brings next.
    [[nodiscard]] net::Task<net::Received> take(std::span<char> buffer, net::Clock::time_point limit);
    [[nodiscard]] net::Task<net::Received> receive_datagram(std::span<char> buffer, net::Clock::time_point limit);
    [[nodiscard]] net::Clock::time_point limit_of(const probes::Step& step) const;
    [[nodiscard]] std::span<char> scratch(std::size_t limit);
    void look_once_more();
    void keep(std::span<const char> taken, const net::Received& received, std::string& bytes);

    const TalkSettings& settings_;
    const Check& check_;
    net::Socket& socket_;
    net::Recorder& recorder_;
    net::Stream stream_;
    net::Datagrams* datagrams_;  ///< nullptr: a stream
    std::unique_ptr<probes::Dialogue> dialogue_;
    std::string datagram_;  ///< the last one, where it may be sent again
    net::Clock::time_point first_sent_;
    net::Clock::time_point began_;
    net::Clock::time_point limit_;
    std::size_t resends_ = 0;
    std::size_t kept_ = 0;
    bool seen_to_the_end_ = false;
    bool tls_refused_ = false;  ///< by the last step
};

}  // namespace fdnprobe::engine
