// Holds all connections in one thread that never waits for any of them.
//
// A request goes to a worker when its head is whole, and its answer is in memory before the first byte of it is sent:
// how slowly a client speaks or reads is nobody's business but its own. Every state of a connection has its deadline,
// which no dripping puts off. Where there are too many connections, the one that has been silent for longest goes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "system/descriptor.hpp"
#include "web/answering.hpp"
#include "web/channel.hpp"
#include "web/lane.hpp"
#include "web/listener.hpp"
#include "web/live.hpp"

namespace fdnprobe::web {

class Front {
  public:
    /// `tls` is null for plain HTTP. Serves from now on.
    Front(Listener listener, system::SslContext tls, Answering& answering, Live& live);
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;
    ~Front() { stop(); }

    void stop();

  private:
    using Clock = std::chrono::steady_clock;

    enum class State : std::uint8_t {
        reading,    ///< a head, or waits for one
        working,    ///< a worker has the request
        writing,    ///< an answer
        streaming,  ///< events, as they come
        leaving,    ///< all is said; the far end may still be reading it
    };

    struct Connection {
        Connection(std::uint64_t number, Channel opened) : id(number), channel(std::move(opened)) {}

        std::uint64_t id;
        Channel channel;
        State state = State::reading;
        Clock::time_point since;     ///< in this state
        Clock::time_point deadline;  ///< of this state
        std::uint32_t interest = 0;  ///< what epoll is asked for; 0: nothing
        std::string in;
        std::size_t scanned = 0;  ///< of `in`: there is no end of a head
        std::string out;
        std::size_t written = 0;
        unsigned requests = 0;
        bool last = false;            ///< the connection ends with this answer
        bool holds_stream = false;    ///< one of limits::streams
        bool becomes_stream = false;  ///< behind this answer
        std::uint64_t item = 0;       ///< the last of Live that was sent
        Clock::time_point next_beat;  ///< of a stream
        std::size_t discarded = 0;    ///< while leaving
    };
    using Connections = std::map<std::uint64_t, Connection>;

    struct Reply {
        std::uint64_t connection = 0;
        std::string bytes;
        bool last = false;
        bool stream = false;
        std::uint64_t item = 0;
    };

    void run();
    [[nodiscard]] int patience() const;
    void wake();
    void accept_all();
    [[nodiscard]] bool make_room();
    void take_replies();
    void keep_within_memory();
    [[nodiscard]] Lane& lane_for(Work work);
    void feed_streams();
    void keep_time();

    /// Goes on with it as far as it goes without waiting. False: it is over.
    [[nodiscard]] bool advance(Connection& connection);
    enum class Step : std::uint8_t { again, wait, over };
    [[nodiscard]] Step read_request(Connection& connection);
    [[nodiscard]] Step write_answer(Connection& connection);
    [[nodiscard]] Step write_events(Connection& connection);
    [[nodiscard]] Step leave(Connection& connection);
    [[nodiscard]] Step wait_for(Connection& connection, Channel::Result result);

    void enter(Connection& connection, State state, Clock::duration time);
    void hand_over(Connection& connection, const Expected<RequestHead, BadHead>& head);
    void reply(Reply reply);
    void ask_for(Connection& connection, std::uint32_t interest);
    void end(Connections::iterator connection);

    Listener listener_;
    system::SslContext tls_;
    Answering& answering_;
    Live& live_;
    system::Descriptor poll_;
    system::Descriptor wake_;
    Connections connections_;
    std::uint64_t next_id_;
    std::size_t streams_ = 0;
    std::optional<Clock::time_point> accept_again_;  ///< nothing: connections are accepted
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> news_ = false;
    std::mutex replies_mutex_;
    std::vector<Reply> replies_;
    Lane light_;
    Lane heavy_;
    Lane history_;
    std::thread thread_;
};

}  // namespace fdnprobe::web
