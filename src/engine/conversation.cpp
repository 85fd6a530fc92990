#include "engine/conversation.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "net/socket_address.hpp"

namespace fdnprobe::engine {

using net::Clock;
using net::Outcome;
using net::Received;
using probes::Input;
using probes::Step;

namespace {

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

/// All that one attempt keeps of what it read.
constexpr std::size_t most_total_kept = 65536 + 2;

}  // namespace

Conversation::Conversation(const TalkSettings& settings, const Check& check, const probes::Probe& probe,
                           const probes::Occasion& occasion, net::Socket& socket, net::Datagrams* datagrams,
                           net::Recorder& recorder)
    : settings_(settings),
      check_(check),
      socket_(socket),
      recorder_(recorder),
      stream_(socket, recorder),
      datagrams_(datagrams),
      dialogue_(probe.begin(check, occasion)) {}

net::Task<void> Conversation::run() {
    recorder_.stage = Stage::exchange;
    began_ = Clock::now();
    limit_ = settings_.stage_limit();
    std::string bytes;
    Input input;
    for (int count = 0; count < most_steps; ++count) {
        const Step step = dialogue_->resume(input);
        if (step.kind == Step::Kind::finish) {
            // Nothing was asked, and the wake-up that brought the connection brought neither an end nor an error. (One
            // that brought a proxy to its answer is an older one.)
            if (count == 0 && socket_.quiet() && !recorder_.attempt().proxy) seen_to_the_end_ = true;
            break;
        }
        const Outcome outcome = co_await carry_out(step, bytes);
        if (outcome == Outcome::stopped || outcome == Outcome::failed) break;
        // An empty datagram is an answer; a hold may have been cut short by one.
        const bool brought = step.kind == Step::Kind::receive || !bytes.empty();
        input.kind = tls_refused_                  ? Input::Kind::refused
                     : outcome == Outcome::closed  ? Input::Kind::closed
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
    if (datagrams_ == nullptr && !seen_to_the_end_) look_once_more();
    recorder_.attempt().timing.exchange = Clock::now() - began_;
}

/// `bytes` is what the step brought; empty where it brought none.
net::Task<Outcome> Conversation::carry_out(const Step& step, std::string& bytes) {
    bytes.clear();
    tls_refused_ = false;
    Outcome outcome = Outcome::failed;
    switch (step.kind) {
        case Step::Kind::send: outcome = co_await send(step); break;
        case Step::Kind::receive: outcome = co_await receive(step, bytes); break;
        case Step::Kind::hold: outcome = co_await hold(step, bytes); break;
        case Step::Kind::start_tls: outcome = co_await start_tls(step); break;
        case Step::Kind::finish: break;
    }
    co_return outcome;
}

net::Task<Outcome> Conversation::send(const Step& step) {
    const std::string& bytes = step.bytes;
    Outcome outcome = Outcome::ok;
    if (datagrams_ != nullptr) {
        datagram_ = step.repeat ? bytes : std::string();
        first_sent_ = Clock::now();
        resends_ = 0;
        outcome = datagrams_->send(bytes);
        if (auto& local = recorder_.attempt().local; outcome == Outcome::ok && local && local->port == 0)
            if (const auto bound = net::local_address(socket_.descriptor())) local->port = bound->port;
    } else {
        outcome = co_await stream_.send(bytes, limit_);
    }
    if (outcome == Outcome::ok)
        recorder_.note(What::sent, static_cast<int>(bytes.size()), 0, bytes.substr(0, most_sent_kept));
    co_return outcome;
}

Clock::time_point Conversation::limit_of(const Step& step) const {
    return step.wait.count() == 0 ? limit_ : std::min(limit_, Clock::now() + step.wait);
}

net::Task<Received> Conversation::take(std::span<char> buffer, Clock::time_point limit) {
    Received received;
    if (datagrams_ != nullptr)
        received = co_await receive_datagram(buffer, limit);
    else
        received = co_await stream_.receive(buffer, limit);
    co_return received;
}

net::Task<Outcome> Conversation::receive(const Step& step, std::string& bytes) {
    const Clock::time_point began = Clock::now();
    const Clock::time_point limit = limit_of(step);
    const std::span<char> buffer = scratch(step.limit);
    const Received received = co_await take(buffer, limit);
    if (received.outcome == Outcome::ok) {
        keep(buffer.first(received.size), received, bytes);
    } else if (received.outcome == Outcome::expired) {
        recorder_.note(What::silent, whole_milliseconds(Clock::now() - began),
                       datagrams_ != nullptr ? -1 : net::all_acknowledged(socket_.descriptor()));
    }
    co_return received.outcome;
}

net::Task<Outcome> Conversation::hold(const Step& step, std::string& bytes) {
    const Clock::time_point began = Clock::now();
    const std::span<char> buffer = scratch(step.limit);
    // A hold may be longer than a stage: the run's deadline still ends it.
    const Received received = co_await take(buffer, std::min(began + step.wait, settings_.until));
    if (received.outcome == Outcome::ok) keep(buffer.first(received.size), received, bytes);
    if (received.outcome != Outcome::expired) co_return received.outcome;
    recorder_.note(What::held, whole_milliseconds(Clock::now() - began));
    co_return Outcome::ok;
}

net::Task<Outcome> Conversation::start_tls(const Step& step) {
    const auto& destination = recorder_.attempt().destination;
    const std::string address = destination ? destination->address.to_string() : check_.host;
    const std::string& expected = check_.server_name.empty() ? address : check_.server_name;
    const std::string& asked_for = settings_.server_name ? *settings_.server_name : check_.server_name;
    const Clock::time_point limit = settings_.stage_limit();
    const Outcome outcome =
        co_await stream_.start_tls(settings_.tls, *settings_.trust, asked_for, expected, step.optional, limit);
    if (outcome == Outcome::stopped) co_return outcome;
    // Whatever it was, it has been recorded, and no dialogue goes on without the TLS that it asked for.
    if (outcome != Outcome::ok && !step.optional) co_return Outcome::failed;
    tls_refused_ = outcome != Outcome::ok;
    recorder_.stage = Stage::exchange;
    began_ = Clock::now();
    limit_ = settings_.stage_limit();
    co_return Outcome::ok;
}

/// Waits for a datagram, sending the last one again now and then.
net::Task<Received> Conversation::receive_datagram(std::span<char> buffer, Clock::time_point limit) {
    for (;;) {
        const bool resend = resends_ < resend_after.size() && !datagram_.empty();
        const Clock::time_point next = resend ? first_sent_ + resend_after[resends_] : limit;
        const Received received = co_await datagrams_->receive(buffer, std::min(limit, next));
        if (received.outcome == Outcome::ok && !dialogue_->wants({buffer.data(), received.size})) continue;
        if (received.outcome != Outcome::expired || Clock::now() >= limit) co_return received;
        ++resends_;
        const Outcome sent = datagrams_->send(datagram_);
        if (sent != Outcome::ok) {
            Received failed;
            co_return failed;
        }
        recorder_.note(What::sent, static_cast<int>(datagram_.size()), 0, datagram_.substr(0, most_sent_kept));
    }
}

/// A connection on which nothing was read may have been closed or reset meanwhile.
void Conversation::look_once_more() {
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

std::span<char> Conversation::scratch(std::size_t limit) {
    const std::span<char> all = recorder_.context().scratch();
    return all.first(datagrams_ != nullptr ? all.size() : std::min(limit, all.size()));
}

void Conversation::keep(std::span<const char> taken, const Received& received, std::string& bytes) {
    bytes.assign(taken.data(), taken.size());
    const std::size_t room = kept_ >= most_total_kept ? 0 : most_total_kept - kept_;
    const std::size_t size = std::min({bytes.size(), room, datagrams_ != nullptr ? most_kept : bytes.size()});
    kept_ += size;
    const Attempt& attempt = recorder_.attempt();
    Event& event = recorder_.note(What::received, static_cast<int>(bytes.size()), 0, bytes.substr(0, size));
    event.hardware = received.hardware_sender;
    if (received.sender && received.sender != attempt.destination) {
        event.from = received.sender->address;
        event.detail = received.sender->port;
    }
}

}  // namespace fdnprobe::engine
