#include "engine/talk.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "net/socket_address.hpp"

namespace fdnprobe::engine {
namespace {

using net::Clock;
using net::Outcome;
using net::Received;
using probes::Input;
using probes::Step;

/// A dialogue that has not finished by then goes in circles.
constexpr int most_steps = 64;
/// More than any answer that a probe reads; what lies beyond is not kept.
constexpr std::size_t most_kept = 4096;
/// What was sent is kept so that an answer can be judged by it.
constexpr std::size_t most_sent_kept = 512;
/// When a datagram without an answer is sent again, counted from the first.
constexpr std::array<std::chrono::milliseconds, 2> resend_after{std::chrono::milliseconds(500),
                                                                std::chrono::milliseconds(1500)};

int whole_milliseconds(Clock::duration span) {
    return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

/// What TCP and UDP have in common: the loop over the dialogue's steps.
class Conversation {
  public:
    Conversation(const TalkSettings& settings, const Check& check, const probes::Probe& probe, net::Socket& socket,
                 net::Recorder& recorder, std::uint64_t seed)
        : settings_(settings),
          check_(check),
          socket_(socket),
          recorder_(recorder),
          stream_(socket, recorder),
          destination_(*recorder.attempt().destination),
          dialogue_(probe.begin(check, seed)),
          datagrams_(check.port.transport == Transport::udp) {}

    net::Task<void> run() {
        recorder_.stage = Stage::exchange;
        began_ = Clock::now();
        limit_ = began_ + settings_.stage_budget;
        std::string bytes;
        Input input;
        for (int count = 0; count < most_steps; ++count) {
            const Step step = dialogue_->resume(input);
            if (step.kind == Step::Kind::finish) {
                // Nothing was asked, and the wake-up that brought the connection brought neither an end nor an error.
                if (count == 0 && socket_.quiet()) seen_to_the_end_ = true;
                break;
            }
            const Outcome outcome = co_await carry_out(step, bytes);
            if (outcome == Outcome::stopped || outcome == Outcome::failed) break;
            // An empty datagram is an answer; a hold may have been cut short by one.
            const bool brought = step.kind == Step::Kind::receive || !bytes.empty();
            input.kind = outcome == Outcome::closed    ? Input::Kind::closed
                         : outcome == Outcome::expired ? Input::Kind::silent
                         : brought                     ? Input::Kind::received
                                                       : Input::Kind::done;
            input.bytes = bytes;
            if (Clock::now() >= limit_ && outcome == Outcome::expired) {
                // The dialogue hears of the silence, but has no time left to act on it.
                [[maybe_unused]] const Step last = dialogue_->resume(input);
                break;
            }
        }
        if (!datagrams_ && !seen_to_the_end_) look_once_more();
        recorder_.attempt().timing.exchange = Clock::now() - began_;
    }

  private:
    /// `bytes` is what the step brought; empty where it brought none.
    net::Task<Outcome> carry_out(const Step& step, std::string& bytes) {
        bytes.clear();
        Outcome outcome = Outcome::failed;
        switch (step.kind) {
            case Step::Kind::send: outcome = co_await send(step.bytes); break;
            case Step::Kind::receive: outcome = co_await receive(step, bytes); break;
            case Step::Kind::hold: outcome = co_await hold(step, bytes); break;
            case Step::Kind::start_tls: outcome = co_await start_tls(); break;
            case Step::Kind::finish: break;
        }
        co_return outcome;
    }

    net::Task<Outcome> send(const std::string& bytes) {
        Outcome outcome = Outcome::ok;
        if (datagrams_) {
            datagram_ = bytes;
            first_sent_ = Clock::now();
            resends_ = 0;
            outcome = net::send_datagram(socket_, bytes, destination_, recorder_);
            if (auto& local = recorder_.attempt().local; outcome == Outcome::ok && local && local->port == 0)
                if (const auto bound = net::local_address(socket_.descriptor())) local->port = bound->port;
        } else {
            outcome = co_await stream_.send(bytes, limit_);
        }
        if (outcome == Outcome::ok)
            recorder_.note(What::sent, static_cast<int>(bytes.size()), 0, bytes.substr(0, most_sent_kept));
        co_return outcome;
    }

    [[nodiscard]] Clock::time_point limit_of(const Step& step) const {
        return step.wait.count() == 0 ? limit_ : std::min(limit_, Clock::now() + step.wait);
    }

    net::Task<Outcome> receive(const Step& step, std::string& bytes) {
        const Clock::time_point began = Clock::now();
        const Clock::time_point limit = limit_of(step);
        const std::span<char> scratch = socket_scratch(step.limit);
        Received received;
        if (datagrams_)
            received = co_await receive_datagram(scratch, limit);
        else
            received = co_await stream_.receive(scratch, limit);
        if (received.outcome == Outcome::ok) {
            keep(scratch.first(received.size), received, bytes);
        } else if (received.outcome == Outcome::expired) {
            recorder_.note(What::silent, whole_milliseconds(Clock::now() - began),
                           datagrams_ ? -1 : net::all_acknowledged(socket_.descriptor()));
        }
        co_return received.outcome;
    }

    net::Task<Outcome> hold(const Step& step, std::string& bytes) {
        const Clock::time_point began = Clock::now();
        const std::span<char> scratch = socket_scratch(step.limit);
        // A hold may be longer than a stage: the run's deadline still ends it.
        const Received received = co_await stream_.receive(scratch, began + step.wait);
        if (received.outcome == Outcome::ok) keep(scratch.first(received.size), received, bytes);
        if (received.outcome != Outcome::expired) co_return received.outcome;
        recorder_.note(What::held, whole_milliseconds(Clock::now() - began));
        co_return Outcome::ok;
    }

    net::Task<Outcome> start_tls() {
        const std::string expected = check_.server_name.empty() ? destination_.address.to_string() : check_.server_name;
        const Clock::time_point limit = Clock::now() + settings_.stage_budget;
        const Outcome outcome =
            co_await stream_.start_tls(settings_.tls, *settings_.trust, check_.server_name, expected, limit);
        if (outcome == Outcome::ok) {
            recorder_.stage = Stage::exchange;
            began_ = Clock::now();
            limit_ = began_ + settings_.stage_budget;
            co_return outcome;
        }
        // Whatever it was, it has been recorded, and no dialogue goes on without the TLS that it asked for.
        co_return outcome == Outcome::stopped ? outcome : Outcome::failed;
    }

    /// Waits for a datagram, sending the last one again now and then.
    net::Task<Received> receive_datagram(std::span<char> buffer, Clock::time_point limit) {
        for (;;) {
            const bool resend = resends_ < resend_after.size() && !datagram_.empty();
            const Clock::time_point next = resend ? first_sent_ + resend_after[resends_] : limit;
            const Received received = co_await net::receive_datagram(socket_, buffer, std::min(limit, next), recorder_);
            if (received.outcome != Outcome::expired || Clock::now() >= limit) co_return received;
            ++resends_;
            const Outcome sent = net::send_datagram(socket_, datagram_, destination_, recorder_);
            if (sent != Outcome::ok) {
                Received failed;
                co_return failed;
            }
            recorder_.note(What::sent, static_cast<int>(datagram_.size()), 0, datagram_.substr(0, most_sent_kept));
        }
    }

    /// A connection on which nothing was read may have been closed or reset meanwhile.
    void look_once_more() {
        const Attempt& attempt = recorder_.attempt();
        if (!socket_.is_open() || attempt.find(What::received) != nullptr || attempt.find(What::closed) != nullptr ||
            attempt.find(What::reset) != nullptr || attempt.find(What::tls_start) != nullptr)
            return;
        char byte = 0;
        const ssize_t got = ::recv(socket_.descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (got == 0)
            recorder_.note(What::closed);
        else if (got < 0 && errno != EAGAIN && errno != EINTR)
            recorder_.note(What::reset, errno);
    }

    [[nodiscard]] std::span<char> socket_scratch(std::size_t limit) {
        const std::span<char> all = recorder_.context().scratch();
        return all.first(datagrams_ ? all.size() : std::min(limit, all.size()));
    }

    void keep(std::span<const char> taken, const Received& received, std::string& bytes) {
        bytes.assign(taken.data(), taken.size());
        const std::size_t room = kept_ >= most_total_kept ? 0 : most_total_kept - kept_;
        const std::size_t size = std::min({bytes.size(), room, datagrams_ ? most_kept : bytes.size()});
        kept_ += size;
        Event& event = recorder_.note(What::received, static_cast<int>(bytes.size()), 0, bytes.substr(0, size));
        if (received.sender && *received.sender != destination_) {
            event.from = received.sender->address;
            event.detail = received.sender->port;
        }
    }

    /// All that one attempt keeps of what it read.
    static constexpr std::size_t most_total_kept = 65536 + 2;

    const TalkSettings& settings_;
    const Check& check_;
    net::Socket& socket_;
    net::Recorder& recorder_;
    net::Stream stream_;
    SocketAddress destination_;
    std::unique_ptr<probes::Dialogue> dialogue_;
    bool datagrams_;
    std::string datagram_;
    Clock::time_point first_sent_;
    Clock::time_point began_;
    Clock::time_point limit_;
    std::size_t resends_ = 0;
    std::size_t kept_ = 0;
    bool seen_to_the_end_ = false;
};

}  // namespace

net::Task<void> talk(const TalkSettings& settings, const Check& check, const probes::Probe& probe, net::Socket& socket,
                     net::Recorder& recorder, std::uint64_t seed) {
    const Clock::time_point began = Clock::now();
    const SocketAddress destination = *recorder.attempt().destination;
    Outcome connected = Outcome::failed;
    if (check.port.transport == Transport::udp)
        connected = co_await net::open_udp(socket, destination, settings.dial, recorder);
    else
        connected = co_await net::connect_tcp(socket, destination, settings.dial, recorder, settings.stage_budget);
    recorder.attempt().timing.connect = Clock::now() - began;
    if (connected == Outcome::ok) {
        Conversation conversation(settings, check, probe, socket, recorder, seed);
        co_await conversation.run();
    }
    recorder.attempt().timing.total = Clock::now() - began;
}

}  // namespace fdnprobe::engine
