#include "web/front.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "web/api_events.hpp"
#include "web/limits.hpp"

namespace fdnprobe::web {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t listener_id = 0;
constexpr std::uint64_t wake_id = 1;
constexpr std::uint64_t first_connection_id = 2;

/// Accepted in one go; the others are served between.
constexpr int most_accepted = 64;
/// How long nobody is accepted after the system had no descriptor left.
constexpr auto pause = 100ms;
constexpr std::size_t read_at_once = 16UL * 1024;

}  // namespace

Front::Front(Listener listener, system::SslContext tls, Answering& answering, Live& live)
    : listener_(std::move(listener)),
      tls_(std::move(tls)),
      answering_(answering),
      live_(live),
      poll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      next_id_(first_connection_id) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = listener_id;
    ::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, listener_.socket.number(), &event);
    event.data.u64 = wake_id;
    ::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, wake_.number(), &event);
    live_.call_on_change([this] {
        news_ = true;
        wake();
    });
    thread_ = std::thread([this] { run(); });
}

void Front::stop() {
    if (!thread_.joinable()) return;
    live_.call_on_change(nullptr);
    stopping_ = true;
    wake();
    thread_.join();
    light_.stop();
    heavy_.stop();
    history_.stop();
}

void Front::wake() {
    const std::uint64_t one = 1;
    // It cannot fail but by being full, and then the thread is awake.
    [[maybe_unused]] const auto written = ::write(wake_.number(), &one, sizeof one);
}

void Front::run() {
    std::array<epoll_event, 64> events{};
    while (!stopping_) {
        const int count = ::epoll_wait(poll_.number(), events.data(), static_cast<int>(events.size()), patience());
        for (int index = 0; index < count; ++index) {
            const std::uint64_t id = events.at(static_cast<std::size_t>(index)).data.u64;
            if (id == listener_id) {
                accept_all();
            } else if (id == wake_id) {
                std::uint64_t drained = 0;
                [[maybe_unused]] const auto got = ::read(wake_.number(), &drained, sizeof drained);
            } else if (const auto found = connections_.find(id); found != connections_.end()) {
                if (!advance(found->second)) end(found);
            }
        }
        if (stopping_) break;
        take_replies();
        if (news_.exchange(false)) feed_streams();
        keep_time();
    }
    connections_.clear();
    listener_.socket.close();
}

/// Milliseconds until something is due; -1: nothing is.
int Front::patience() const {
    std::optional<Clock::time_point> first = accept_again_;
    const auto consider = [&](Clock::time_point at) { first = first ? std::min(*first, at) : at; };
    for (const auto& [id, connection] : connections_) {
        if (connection.state == State::working) continue;
        if (connection.state == State::streaming) consider(connection.next_beat);
        if (connection.state != State::streaming || !connection.out.empty()) consider(connection.deadline);
    }
    if (!first) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*first - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void Front::accept_all() {
    for (int count = 0; count < most_accepted; ++count) {
        system::Descriptor socket(::accept4(listener_.socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket.is_open()) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EAGAIN) return;
            // No descriptors, no memory: whoever is silent makes room, and the others get a moment.
            if (make_room()) continue;
            epoll_event event{};
            event.data.u64 = listener_id;
            ::epoll_ctl(poll_.number(), EPOLL_CTL_MOD, listener_.socket.number(), &event);
            accept_again_ = Clock::now() + pause;
            return;
        }
        if (connections_.size() >= limits::connections && !make_room()) continue;
        // Answers go out whole; events are small and are wanted now.
        const int yes = 1;
        ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const std::uint64_t id = next_id_++;
        const auto made = connections_.try_emplace(id, id, Channel(std::move(socket), tls_.get())).first;
        enter(made->second, State::reading, limits::head_time);
        if (!advance(made->second)) end(made);
    }
}

/// Ends the connection that has been waited for longest, if any is waited for.
bool Front::make_room() {
    auto oldest = connections_.end();
    for (auto one = connections_.begin(); one != connections_.end(); ++one) {
        const State state = one->second.state;
        if (state != State::reading && state != State::leaving) continue;
        if (oldest == connections_.end() || one->second.since < oldest->second.since) oldest = one;
    }
    if (oldest == connections_.end()) return false;
    end(oldest);
    return true;
}

void Front::take_replies() {
    std::vector<Reply> replies;
    {
        const std::scoped_lock lock(replies_mutex_);
        replies.swap(replies_);
    }
    for (Reply& reply : replies) {
        const auto found = connections_.find(reply.connection);
        if (found == connections_.end()) continue;
        Connection& connection = found->second;
        connection.out = std::move(reply.bytes);
        connection.written = 0;
        connection.last = reply.last;
        connection.becomes_stream = reply.stream;
        connection.item = reply.item;
        if (!reply.stream && connection.holds_stream) {
            connection.holds_stream = false;
            --streams_;
        }
        enter(connection, State::writing, limits::write_time);
        if (!advance(connection)) end(found);
        keep_within_memory();
    }
}

/// Answers that nobody reads: the one that has waited for longest goes first.
void Front::keep_within_memory() {
    for (;;) {
        std::size_t bytes = 0;
        auto oldest = connections_.end();
        for (auto one = connections_.begin(); one != connections_.end(); ++one) {
            if (one->second.out.empty()) continue;
            bytes += one->second.out.size();
            if (oldest == connections_.end() || one->second.since < oldest->second.since) oldest = one;
        }
        if (bytes <= limits::unsent_bytes) return;
        end(oldest);
    }
}

void Front::feed_streams() {
    for (auto one = connections_.begin(); one != connections_.end();) {
        const auto current = one++;
        if (current->second.state == State::streaming && !advance(current->second)) end(current);
    }
}

void Front::keep_time() {
    const auto now = Clock::now();
    if (accept_again_ && now >= *accept_again_) {
        accept_again_.reset();
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = listener_id;
        ::epoll_ctl(poll_.number(), EPOLL_CTL_MOD, listener_.socket.number(), &event);
    }
    for (auto one = connections_.begin(); one != connections_.end();) {
        const auto current = one++;
        Connection& connection = current->second;
        if (connection.state == State::working) continue;
        const bool stream = connection.state == State::streaming;
        if ((!stream || !connection.out.empty()) && now >= connection.deadline) {
            end(current);
        } else if (stream && now >= connection.next_beat) {
            if (connection.out.empty()) enter(connection, State::streaming, limits::write_time);
            connection.out += heartbeat_line;
            connection.next_beat = now + limits::heartbeat;
            if (!advance(connection)) end(current);
        }
    }
}

bool Front::advance(Connection& connection) {
    for (;;) {
        Step step = Step::wait;
        switch (connection.state) {
            case State::reading: step = read_request(connection); break;
            case State::working: break;
            case State::writing: step = write_answer(connection); break;
            case State::streaming: step = write_events(connection); break;
            case State::leaving: step = leave(connection); break;
        }
        if (step != Step::again) return step == Step::wait;
    }
}

Front::Step Front::wait_for(Connection& connection, Channel::Result result) {
    if (result == Channel::Result::ended) return Step::over;
    ask_for(connection, result == Channel::Result::wants_write ? EPOLLOUT : EPOLLIN);
    return Step::wait;
}

Front::Step Front::read_request(Connection& connection) {
    std::string& in = connection.in;
    // RFC 9112, 2.2: empty lines before a request are passed over.
    while (in.starts_with("\r\n")) {
        in.erase(0, 2);
        connection.scanned = 0;
    }
    // The mark that ends a head has four bytes, three of which may have been looked at.
    const std::size_t from = connection.scanned < 3 ? 0 : connection.scanned - 3;
    if (const auto end = end_of_head(std::string_view(in).substr(from))) {
        const auto head = read_head(std::string_view(in).substr(0, from + *end));
        in.erase(0, from + *end);
        connection.scanned = 0;
        hand_over(connection, head);
        return Step::wait;
    }
    connection.scanned = in.size();
    if (in.size() > limits::head_bytes) {
        const bool line = in.find('\n') != std::string::npos;
        hand_over(connection, Unexpected<BadHead>(line ? BadHead{431, "The head of the request is too long."}
                                                       : BadHead{414, "The address is longer than any that is here."}));
        return Step::wait;
    }
    const bool begun = !in.empty();
    const auto result = connection.channel.read(in, limits::head_bytes + 1 - in.size());
    // From its first byte on, a request has its own time; the first of a connection has had it from the beginning.
    if (!begun && !in.empty() && connection.requests > 0) connection.deadline = Clock::now() + limits::head_time;
    if (in.size() > connection.scanned)
        return result == Channel::Result::ended && !end_of_head(in) ? Step::over : Step::again;
    return wait_for(connection, result);
}

void Front::hand_over(Connection& connection, const Expected<RequestHead, BadHead>& head) {
    ++connection.requests;
    ask_for(connection, 0);
    enter(connection, State::working, 0s);
    const std::uint64_t id = connection.id;
    if (!head) {
        light_.put([this, id, bad = head.error()](HttpWriter& writer) {
            reply({id, writer.write(false, true, Answering::answer(bad)), true, false, 0});
        });
        return;
    }
    const bool last = head->close || connection.requests >= limits::requests;
    if (Answering::is_stream(*head) && streams_ < limits::streams) {
        connection.holds_stream = true;
        ++streams_;
    }
    Lane& wanted = lane_for(answering_.work_of(*head));
    const bool overloaded = &wanted != &light_ && wanted.waiting() >= limits::waiting;
    auto task = [this, id, head = *head, last, overloaded, stream_free = connection.holds_stream](HttpWriter& writer) {
        Answer answer;
        try {
            answer = overloaded ? Answering::overloaded(head)
                                : answering_.answer(head, stream_free, std::chrono::system_clock::now());
        } catch (const std::exception&) {
            // A bug, or no memory: this request has no answer, and the others have.
            answer = Answer();
            answer.status = 500;
            answer.body = "fdnprobe could not answer this.\n";
        }
        const bool ends = last || answer.stream;
        reply({id, writer.write(head.method == "HEAD", ends, answer), ends, answer.stream, answer.stream_after});
    };
    (overloaded ? light_ : wanted).put(std::move(task));
}

Lane& Front::lane_for(Work work) {
    switch (work) {
        case Work::heavy: return heavy_;
        case Work::history: return history_;
        case Work::light: break;
    }
    return light_;
}

void Front::reply(Reply reply) {
    {
        const std::scoped_lock lock(replies_mutex_);
        replies_.push_back(std::move(reply));
    }
    wake();
}

Front::Step Front::write_answer(Connection& connection) {
    const std::size_t before = connection.written;
    const auto result = connection.channel.write(connection.out, connection.written);
    if (connection.written > before)
        connection.deadline = std::min(Clock::now() + limits::write_time, connection.since + limits::answer_time);
    if (result != Channel::Result::done) return wait_for(connection, result);
    connection.out = std::string();
    connection.written = 0;
    if (connection.becomes_stream) {
        enter(connection, State::streaming, limits::write_time);
        connection.next_beat = connection.since + limits::heartbeat;
    } else if (connection.last) {
        connection.channel.finish();
        enter(connection, State::leaving, limits::leaving_time);
    } else {
        enter(connection, State::reading,
              connection.in.empty() ? Clock::duration(limits::idle_time) : limits::head_time);
    }
    return Step::again;
}

Front::Step Front::write_events(Connection& connection) {
    const bool was_empty = connection.out.empty();
    connection.out += more_events(live_, connection.item);
    if (connection.out.size() - connection.written > limits::stream_bytes) return Step::over;
    if (was_empty && !connection.out.empty()) {
        enter(connection, State::streaming, limits::write_time);
        // Whoever hears something needs no sign of life.
        connection.next_beat = connection.since + limits::heartbeat;
    }
    const std::size_t before = connection.written;
    auto result = connection.channel.write(connection.out, connection.written);
    if (result == Channel::Result::ended) return Step::over;
    if (connection.written > before) connection.deadline = Clock::now() + limits::write_time;
    if (connection.written == connection.out.size()) {
        connection.out.clear();
        connection.written = 0;
    }
    // Nothing is expected from there but its end.
    std::string ignored;
    const auto read = connection.channel.read(ignored, read_at_once);
    if (read == Channel::Result::ended) return Step::over;
    const bool write_wanted = result == Channel::Result::wants_write || read == Channel::Result::wants_write;
    ask_for(connection, write_wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
    return Step::wait;
}

Front::Step Front::leave(Connection& connection) {
    std::string ignored;
    const auto result = connection.channel.read(ignored, read_at_once);
    connection.discarded += ignored.size();
    if (connection.discarded > limits::discarded_bytes) return Step::over;
    return result == Channel::Result::done ? Step::again : wait_for(connection, result);
}

void Front::enter(Connection& connection, State state, Clock::duration time) {
    connection.state = state;
    connection.since = Clock::now();
    connection.deadline = connection.since + time;
}

void Front::ask_for(Connection& connection, std::uint32_t interest) {
    if (connection.interest == interest) return;
    epoll_event event{};
    event.events = interest;
    event.data.u64 = connection.id;
    // Errors are told whether they are asked for or not, again and again: who is not to be heard of has to go.
    const int operation = connection.interest == 0 ? EPOLL_CTL_ADD : interest == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    ::epoll_ctl(poll_.number(), operation, connection.channel.descriptor(), &event);
    connection.interest = interest;
}

void Front::end(Connections::iterator connection) {
    if (connection->second.holds_stream) --streams_;
    connections_.erase(connection);
}

}  // namespace fdnprobe::web
