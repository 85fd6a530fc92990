// One DNS server, asked by nobody else's rules: no failing over, no cache, no second transport. Every question goes to
// this server alone, and every answer is kept, those included that come after the first: whoever answers in another's
// place is nearer and answers first, and cannot keep the true answer from coming.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/resolvers.hpp"
#include "net/context.hpp"
#include "net/origin.hpp"
#include "net/socket.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::net {

/// When a question is sent, counted from the first time: a lost packet is not silence.
inline constexpr std::array<Clock::duration, 3> dns_tries{std::chrono::milliseconds(0), std::chrono::milliseconds(500),
                                                          std::chrono::milliseconds(1500)};
/// A server that has not answered by then is silent: a second after the last try.
inline constexpr auto dns_patience = std::chrono::milliseconds(2500);
/// What was listened for less than this has not been silent: room for a second try and half a second for its answer.
inline constexpr auto shortest_silence = std::chrono::milliseconds(1000);
/// How long after its first answer a question stays open for a second one. What forges an answer is a few milliseconds
/// ahead of the true one, which has seldom more than a few hundred to go.
inline constexpr auto second_answer_wait = std::chrono::milliseconds(1000);

struct DnsServer {
    SocketAddress address;
    DialOptions dial;
    std::uint64_t seed = 0;  ///< of the ids
};

/// Many questions to one server, over one UDP socket.
class DnsOverUdp {
  public:
    DnsOverUdp(Context& context, const DnsServer& server);

    /// To be called before `run`. Of all that is to be asked, the first `leading` go ahead; the others follow once the
    /// server has answered anything, so that a dead one is not sent hundreds of packets.
    void ask(std::string name, std::uint16_t type);
    std::size_t leading = 1;

    /// Nothing is expected to come back, so that silence holds nobody up.
    bool expects_silence = false;
    /// How long to wait before a question may be sent.
    std::function<Clock::duration(Clock::time_point)> pace;
    /// Called at the first answer to each question.
    std::function<void(const DnsQuestion&)> on_answer;

    /// Until every question has been answered and second answers have had their time, or `limit`.
    [[nodiscard]] Task<void> run(Clock::time_point limit);

    /// Nobody needs the answers any longer: after this span no second answer is waited for, and nothing new is asked.
    /// A question that has not been answered at all keeps its time.
    void hurry(Clock::duration grace);

    /// Those that were asked, in the order in which they were.
    [[nodiscard]] std::vector<DnsQuestion> questions() const;

  private:
    struct Asked {
        DnsQuestion question;
        std::vector<std::uint16_t> ids;  ///< one for each try: answers to two tries are not two to one question
        std::uint16_t answered = 0;      ///< the id that the first answer had
        Clock::time_point begun;
        Clock::time_point next;  ///< when it may be sent
        Clock::time_point end;   ///< when it is over
        bool over = false;
    };

    [[nodiscard]] int open();
    void fail_open_questions(int error);
    void send_due(Clock::time_point now);
    [[nodiscard]] Clock::time_point settle(Clock::time_point now);
    void read(std::string_view bytes);
    void look_again_at(Clock::time_point when);
    [[nodiscard]] wire::dns::Message query_of(const Asked& asked, std::uint16_t id) const;
    [[nodiscard]] std::uint16_t next_id();

    Context& context_;
    DnsServer server_;
    Socket socket_;
    Timer closing_timer_;
    Clock::time_point limit_ = Clock::time_point::max();
    Clock::time_point closing_ = Clock::time_point::max();
    std::vector<Asked> asked_;
    std::uint64_t ids_ = 0;
    bool heard_ = false;    // the server has answered something
    bool running_ = false;  // its questions may still change
};

/// One question over TCP (RFC 7766), in a connection of its own.
[[nodiscard]] Task<DnsQuestion> ask_over_tcp(Context& context, DnsServer server, std::string name, std::uint16_t type,
                                             Clock::time_point limit);

}  // namespace fdnprobe::net
