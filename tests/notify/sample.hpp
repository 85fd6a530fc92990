// Events made by hand.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::notify::sample {

inline std::chrono::system_clock::time_point morning() {
    using namespace std::chrono;
    return sys_days(year(2026) / November / 20) + hours(6) + minutes(25) + milliseconds(123);
}

inline RowChange row(std::size_t number, State from, State to) {
    RowChange row;
    row.row = "fortiproxy-7.4/outgoing/fortiguard/row-" + std::to_string(number);
    row.peer = "FortiGuard";
    row.purpose = "AV/IPS Update";
    row.ports = "TCP/443, TCP/8890";
    row.from = from;
    row.to = to;
    row.since = morning() - std::chrono::minutes(10);
    if (to != State::blocked) return row;
    row.cause = Cause::timeout;
    row.owner = Owner::network;
    row.summary = "update.fortiguard.net does not answer on TCP/443 within 3.5 s.";
    row.advice = "Allow TCP/443 to update.fortiguard.net.";
    row.where = Where{2, Address::parse("10.0.0.1"), 9};
    return row;
}

/// So many rows are blocked, or are reachable again.
inline WatchEvent event(const std::string& id, std::size_t rows = 1, bool bad = true) {
    WatchEvent event;
    event.id = id;
    event.at = morning();
    event.site = "branch-17";
    event.host = "probe-17";
    for (std::size_t number = 1; number <= rows; ++number)
        event.rows.push_back(bad ? row(number, State::reachable, State::blocked)
                                 : row(number, State::blocked, State::reachable));
    return event;
}

}  // namespace fdnprobe::notify::sample
