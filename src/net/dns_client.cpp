#include "net/dns_client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "base/bytes.hpp"
#include "net/error_queue.hpp"
#include "net/socket_address.hpp"
#include "net/transport.hpp"

namespace fdnprobe::net {

namespace dns = wire::dns;

namespace {

/// One question has one answer; a forger and a network that doubles packets together make four.
constexpr std::size_t most_answers = 4;

/// The finaliser of splitmix64: any seed makes ids that do not follow from each other.
std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

DnsAnswer answer_from(const dns::Message& message, std::uint16_t type, Clock::duration at) {
    DnsAnswer answer;
    answer.at = at;
    answer.rcode = message.rcode;
    for (const dns::Record& record : message.answers)
        if (record.type == type && record.address) answer.addresses.push_back(*record.address);
    return answer;
}

/// 0, or errno of the step that failed; EINPROGRESS: the TCP handshake is under way.
int open_towards(Socket& socket, int type, const DnsServer& server) {
    const Family family = server.address.address.family();
    DialOptions dial = server.dial;
    // The source was chosen for the checks; a server of the other family is asked from wherever it can be.
    if (dial.source && dial.source->family() != family) dial.source.reset();
    if (const int error = socket.open(family, type); error != 0) return error;
    watch_errors(socket.descriptor(), family);
    if (const int error = apply_origin(socket.descriptor(), family, dial); error != 0) return error;
    const NativeAddress native = to_native(server.address);
    return ::connect(socket.descriptor(), native.pointer(), native.length) == 0 ? 0 : errno;
}

void note_error(DnsQuestion& question, int error, const std::vector<IcmpError>& icmp) {
    question.error = error;
    if (icmp.empty()) return;
    question.error_from = icmp.back().sender;
    if (icmp.back().error != 0) question.error = icmp.back().error;
}

}  // namespace

DnsOverUdp::DnsOverUdp(Context& context, const DnsServer& server)
    : context_(context), server_(server), socket_(context), closing_timer_(context.io) {}

void DnsOverUdp::ask(std::string name, std::uint16_t type) {
    Asked& asked = asked_.emplace_back();
    asked.question.resolver = server_.address;
    asked.question.transport = Transport::udp;
    asked.question.name = std::move(name);
    asked.question.type = type;
}

std::uint16_t DnsOverUdp::next_id() { return static_cast<std::uint16_t>(mix(server_.seed + ids_++)); }

dns::Message DnsOverUdp::query_of(const Asked& asked, std::uint16_t id) const {
    dns::Message query;
    query.id = id;
    query.questions.push_back({asked.question.name, static_cast<std::uint16_t>(asked.question.type), dns::class_in});
    return query;
}

int DnsOverUdp::open() { return open_towards(socket_, SOCK_DGRAM, server_); }

/// What is out will not come back, and what has not been asked would not either.
void DnsOverUdp::fail_open_questions(int error) {
    const auto icmp = socket_.is_open() ? drain_errors(socket_.descriptor()) : std::vector<IcmpError>();
    for (std::size_t index = 0; index < asked_.size(); ++index) {
        Asked& asked = asked_[index];
        if (asked.over || !asked.question.answers.empty()) continue;
        if (asked.ids.empty()) {
            if (index >= leading) continue;
            asked.question.at = context_.now();
            asked.ids.push_back(0);
        }
        note_error(asked.question, error, icmp);
        asked.over = true;
    }
}

void DnsOverUdp::send_due(Clock::time_point now) {
    for (std::size_t index = 0; index < asked_.size(); ++index) {
        Asked& asked = asked_[index];
        if (asked.over || !asked.question.answers.empty() || asked.ids.size() == dns_tries.size()) continue;
        if (asked.ids.empty() && ((index >= leading && !heard_) || now >= closing_)) continue;
        if (asked.ids.empty() && asked.next == Clock::time_point()) {
            asked.next = now + (pace ? pace(now) : Clock::duration::zero());
            // Nothing is asked that could not be answered any more.
            if (asked.next >= limit_) asked.over = true;
        }
        if (asked.over || asked.next > now) continue;
        const std::uint16_t id = next_id();
        const auto query = dns::encode_query(id, asked.question.name, static_cast<std::uint16_t>(asked.question.type));
        if (!query) {
            asked.over = true;
            continue;
        }
        if (asked.ids.empty()) {
            asked.begun = now;
            asked.end = now + dns_patience;
            asked.question.at = context_.now();
        }
        asked.ids.push_back(id);
        if (asked.ids.size() < dns_tries.size()) asked.next = asked.begun + dns_tries[asked.ids.size()];
        if (::send(socket_.descriptor(), query->data(), query->size(), MSG_NOSIGNAL) < 0 && errno != EINTR) {
            // A full queue of this host's is like a lost packet. The rest is an ICMP error to an earlier question, or
            // this host's own refusal.
            const int error = errno;
            if (error != EAGAIN && error != ENOBUFS) return fail_open_questions(error);
        }
    }
}

/// Ends the questions whose time is up; when something is to be done next, or the beginning of time: nothing is open.
Clock::time_point DnsOverUdp::settle(Clock::time_point now) {
    Clock::time_point next = Clock::time_point::max();
    for (std::size_t index = 0; index < asked_.size(); ++index) {
        Asked& asked = asked_[index];
        if (asked.over) continue;
        if (asked.ids.empty()) {
            if (asked.next != Clock::time_point()) next = std::min(next, asked.next);
            continue;
        }
        Clock::time_point end = std::min(asked.end, limit_);
        const bool answered = !asked.question.answers.empty();
        if (answered || expects_silence) end = std::min(end, std::max(closing_, asked.begun));
        // Even where nothing is expected, whatever is there gets the time that a slow resolver takes.
        if (!answered && expects_silence) end = std::max(end, std::min(asked.begun + second_answer_wait, limit_));
        if (now >= end) {
            asked.over = true;
            asked.question.cut_short = !answered && end - asked.begun < shortest_silence;
            continue;
        }
        next = std::min(next, end);
        if (!answered && asked.ids.size() < dns_tries.size()) next = std::min(next, asked.next);
    }
    return next == Clock::time_point::max() ? Clock::time_point() : next;
}

/// What belongs to no question that was asked, whoever sent it, is left aside.
void DnsOverUdp::read(std::string_view bytes) {
    const auto message = dns::decode(bytes);
    if (!message) {
        // An id alone tells whose it is. Without one it is what the server has to say to whoever waits longest.
        const std::uint16_t id = ByteReader(bytes).u16().value_or(0);
        const auto waits = [](const Asked& asked) {
            return !asked.over && !asked.ids.empty() && asked.question.answers.empty();
        };
        auto found = std::find_if(asked_.begin(), asked_.end(), [&](const Asked& asked) {
            return waits(asked) && std::find(asked.ids.begin(), asked.ids.end(), id) != asked.ids.end();
        });
        if (found == asked_.end()) found = std::find_if(asked_.begin(), asked_.end(), waits);
        if (found == asked_.end()) return;
        if (found->question.malformed.empty()) found->question.malformed = message.error();
        return;
    }
    for (Asked& asked : asked_) {
        if (asked.over || std::find(asked.ids.begin(), asked.ids.end(), message->id) == asked.ids.end()) continue;
        if (!dns::answers(*message, query_of(asked, message->id))) continue;
        const bool first = asked.question.answers.empty();
        if (!first && asked.answered != message->id) return;
        if (first) {
            asked.answered = message->id;
            asked.end = Clock::now() + second_answer_wait;
            heard_ = true;
        }
        if (asked.question.answers.size() < most_answers)
            asked.question.answers.push_back(
                answer_from(*message, static_cast<std::uint16_t>(asked.question.type), context_.now()));
        asked.question.truncated = asked.question.truncated || message->truncated;
        if (first && on_answer) on_answer(asked.question);
        return;
    }
}

void DnsOverUdp::hurry(Clock::duration grace) {
    closing_ = std::min(closing_, Clock::now() + grace);
    if (running_) look_again_at(closing_);
}

/// What waits on the socket has no way to learn that it waits for less than it did.
void DnsOverUdp::look_again_at(Clock::time_point when) {
    closing_timer_.expires_at(when);
    closing_timer_.async_wait([this](const asio::error_code& error) {
        if (error || !running_) return;
        const Clock::time_point next = settle(Clock::now());
        if (next == Clock::time_point())
            socket_.stop();
        else
            look_again_at(next);
    });
}

Task<void> DnsOverUdp::run(Clock::time_point limit) {
    limit_ = limit;
    bool entered = context_.descriptors.try_enter();
    if (!entered) entered = co_await context_.descriptors.enter();
    if (!entered) co_return;
    const GatePass pass(context_.descriptors);
    if (const int error = open(); error != 0) {
        fail_open_questions(error);
        co_return;
    }
    running_ = true;
    if (closing_ != Clock::time_point::max()) look_again_at(closing_);
    for (;;) {
        const Clock::time_point now = Clock::now();
        send_due(now);
        const Clock::time_point next = settle(now);
        if (next == Clock::time_point()) break;
        const std::span<char> buffer = context_.scratch();
        const Received received = co_await receive(socket_, buffer, next);
        if (received.outcome == Outcome::stopped) break;
        if (received.outcome == Outcome::failed) fail_open_questions(received.error);
        if (received.outcome == Outcome::ok) read(std::string_view(buffer.data(), received.size));
    }
    running_ = false;
    closing_timer_.cancel();
    for (Asked& asked : asked_)
        if (!asked.over && !asked.ids.empty() && asked.question.answers.empty()) asked.question.cut_short = true;
    socket_.close();
}

std::vector<DnsQuestion> DnsOverUdp::questions() const {
    std::vector<DnsQuestion> sent;
    for (const Asked& asked : asked_)
        if (!asked.ids.empty()) sent.push_back(asked.question);
    return sent;
}

namespace {

/// Connects, asks and reads; what comes of it is in `question`.
Task<void> converse(Context& context, Socket& socket, const DnsServer& server, DnsQuestion& question,
                    Clock::time_point limit) {
    const auto type = static_cast<std::uint16_t>(question.type);
    dns::Message query;
    query.id = static_cast<std::uint16_t>(mix(server.seed ^ 0x7463705F646E7371ULL));
    query.questions.push_back({question.name, type, dns::class_in});
    const auto bytes = dns::encode_query(query.id, question.name, type);
    if (!bytes) co_return;

    int error = open_towards(socket, SOCK_STREAM, server);
    if (error == EINPROGRESS) {
        const Outcome waited = co_await socket.wait_writable(limit);
        question.cut_short = waited == Outcome::stopped;
        if (waited != Outcome::ok) co_return;
        socklen_t length = sizeof error;
        error = 0;
        getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &length);
    }
    const auto fail = [&](int number) {
        note_error(question, number, socket.is_open() ? drain_errors(socket.descriptor()) : std::vector<IcmpError>());
    };
    if (error != 0) {
        fail(error);
        co_return;
    }
    const std::string framed = dns::frame(*bytes);
    // A question fits any send buffer whole.
    if (::send(socket.descriptor(), framed.data(), framed.size(), MSG_NOSIGNAL) < 0) {
        fail(errno);
        co_return;
    }
    std::string stream;
    while (!dns::unframe(stream)) {
        const std::span<char> buffer = context.scratch();
        const Received received = co_await receive(socket, buffer, limit);
        question.cut_short = received.outcome == Outcome::stopped;
        if (received.outcome == Outcome::failed) fail(received.error);
        if (received.outcome == Outcome::closed) question.malformed = "the connection was closed before an answer came";
        if (received.outcome != Outcome::ok) co_return;
        stream.append(buffer.data(), received.size);
    }
    const auto message = dns::decode(*dns::unframe(stream));
    if (!message)
        question.malformed = message.error();
    else if (!dns::answers(*message, query))
        question.malformed = "the answer is to another question";
    else
        question.answers.push_back(answer_from(*message, type, context.now()));
}

}  // namespace

Task<DnsQuestion> ask_over_tcp(Context& context, DnsServer server, std::string name, std::uint16_t type,
                               Clock::time_point limit) {
    DnsQuestion question;
    question.resolver = server.address;
    question.transport = Transport::tcp;
    question.name = std::move(name);
    question.type = type;
    question.at = context.now();
    question.cut_short = true;
    bool entered = context.descriptors.try_enter();
    if (!entered) entered = co_await context.descriptors.enter();
    if (!entered || context.stopped()) {
        if (entered) context.descriptors.leave();
        co_return question;
    }
    const GatePass pass(context.descriptors);
    question.at = context.now();
    question.cut_short = false;
    const Clock::time_point began = Clock::now();
    Socket socket(context);
    co_await converse(context, socket, server, question, limit);
    const bool silent = question.answers.empty() && question.error == 0 && question.malformed.empty();
    if (silent && Clock::now() - began < shortest_silence) question.cut_short = true;
    co_return question;
}

}  // namespace fdnprobe::net
