#include <net/if.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <asio/signal_set.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/key_file.hpp"
#include "app/ready_file.hpp"
#include "app/responder_ports.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "net/context.hpp"
#include "net/raw_socket.hpp"
#include "peers/responder_bind.hpp"
#include "peers/responder_socket.hpp"

namespace fdnprobe::app {
namespace {

using peers::Served;

int make_key(const RespondOptions& options) {
    Problems problems;
    if (!options.key.empty())
        problems.push_back(usage_problem("--make-key and --key: the one writes a key and ends, the other listens"));
    if (problems.empty())
        if (const auto failure = make_key_file(options.make_key)) problems.push_back(usage_problem(*failure));
    if (complain_of(problems)) return exit_usage;
    const std::string file = printable(options.make_key);
    return print(fmt::format("A new key is in {0}; only its owner can read it. Copy it to the other end, as a secret.\n"
                             "  at the far end:  fdnprobe respond --key {0}\n"
                             "  here:            fdnprobe check --responder-key {0} --peer NAME=ADDRESS\n",
                             file))
               ? exit_ok
               : exit_internal;
}

/// The key on the command line, or the site's.
std::string read_key(const RespondOptions& options, const Site& site, Problems& problems) {
    const auto of_site = site.secret_files.find(responder_secret);
    const std::string file = !options.key.empty()                 ? options.key
                             : of_site == site.secret_files.end() ? std::string()
                                                                  : of_site->second;
    if (file.empty()) {
        problems.push_back(usage_problem(
            "respond answers only those who know its key: give it with --key FILE; --make-key FILE writes a new one"));
        return {};
    }
    auto key = read_key_file(file);
    if (key) return std::move(*key);
    problems.push_back(options.key.empty() ? secret_problem(site, responder_secret, key.error().to_string(), false)
                                           : key.error());
    return {};
}

std::set<Port> choose_ports(const RespondOptions& options, const std::vector<Table>& tables, const Site& site,
                            Problems& problems) {
    std::set<std::string> peers;
    for (const std::string& written : options.peers)
        if (const auto found = find_peer(written, tables, problems)) peers.insert(*found);
    std::optional<Direction> direction;
    if (options.direction != "both")
        direction = options.direction == "incoming" ? Direction::incoming : Direction::outgoing;
    std::set<Port> ports = responder_ports(tables, site, direction, peers);
    if (ports.empty() && problems.empty())
        problems.push_back(usage_problem(fmt::format("no {} row leads to {}; try --direction both", options.direction,
                                                     peers.empty() ? "anybody" : fmt::format("{}", *peers.begin()))));
    return ports;
}

/// The addresses to listen on, each once, and none that another one stands in for.
std::vector<Address> choose_addresses(net::Context& context, const RespondOptions& options, Problems& problems) {
    std::set<Address> chosen;
    for (const std::string& text : options.listen) {
        const auto address = Address::parse(trim(text));
        const int error = address ? peers::unusable(context, *address) : 0;
        if (!address)
            problems.push_back(
                usage_problem(fmt::format("--listen {}: expected an IP address of this host", printable(text))));
        else if (error == EADDRNOTAVAIL)
            problems.push_back(usage_problem(
                fmt::format("--listen {}: this host has no such address; `ip address` shows them", printable(text))));
        else if (error != 0)
            problems.push_back(usage_problem(
                fmt::format("--listen {}: cannot be listened on: {}", printable(text), std::strerror(error))));
        else
            chosen.insert(*address);
    }
    std::vector<Address> addresses;
    for (const Address& address : chosen) {
        const bool covered = std::any_of(chosen.begin(), chosen.end(), [&](const Address& other) {
            return other != address && other.family() == address.family() &&
                   std::all_of(other.bytes().begin(), other.bytes().end(), [](std::uint8_t byte) { return byte == 0; });
        });
        if (!covered) addresses.push_back(address);
    }
    return addresses;
}

int choose_interface(const std::string& name, Problems& problems) {
    if (name.empty()) return 0;
    const unsigned index = if_nametoindex(name.c_str());
    if (index != 0) return static_cast<int>(index);
    std::vector<std::string> known;
    struct if_nameindex* const all = if_nameindex();
    for (const struct if_nameindex* one = all; one != nullptr && one->if_index != 0; ++one)
        known.emplace_back(one->if_name);
    if_freenameindex(all);
    problems.push_back(
        usage_problem(fmt::format("--interface {}: this host has no such interface. Known: {}", printable(name),
                                  printable(fmt::format("{}", fmt::join(known, ", "))))));
    return 0;
}

/// Why a port is not served, and what to do about it.
std::string failure_text(Port port, int error) {
    switch (error) {
        case EACCES:
        case EPERM:
            return fmt::format(
                "an ordinary user may not; run this as root, or allow it once: sudo setcap "
                "cap_net_bind_service,cap_net_raw+ep {}",
                shell_word(printable(net::program_file())));
        case EADDRINUSE:
            return fmt::format(
                "another program uses it, which `sudo ss -{}np sport = :{}` names; stop that one, or choose addresses "
                "that it leaves free with --listen",
                port.transport == Transport::tcp ? "lt" : "lu", port.number);
        case EMFILE:
        case ENFILE:
            return "no more files may be open; raise the limit (`ulimit -n`), or choose fewer peers with --peer";
        default: return std::strerror(error);
    }
}

std::string place_text(const std::optional<Address>& address) {
    if (!address) return {};
    return address->family() == Family::ipv6 ? fmt::format("[{}]", address->to_string()) : address->to_string();
}

/// One line for each port, or for each reason where it has several.
void complain_of_failures(const std::vector<Served>& all) {
    for (const Served& one : all) {
        for (auto next = one.failures.begin(); next != one.failures.end();) {
            const int error = next->error;
            std::vector<std::string> places;
            for (; next != one.failures.end() && next->error == error; ++next)
                if (next->address) places.push_back(place_text(next->address));
            complain(fmt::format("{} is not served{}{}: {}", one.port.to_string(), places.empty() ? "" : " on ",
                                 fmt::join(places, " and "), failure_text(one.port, error)));
        }
    }
}

std::string ready_text(const std::vector<Served>& all, const std::string& interface) {
    std::string text;
    for (const Served& one : all) {
        if (!one.served) continue;
        text += one.port.to_string();
        for (const Address& address : one.addresses) text += " " + place_text(address);
        if (one.port.transport == Transport::ethernet) text += " " + (interface.empty() ? "*" : interface);
        text += '\n';
    }
    return text;
}

std::string summary_text(const std::vector<Served>& all) {
    std::vector<std::string> served;
    for (const Served& one : all)
        if (one.served) served.push_back(one.port.to_string());
    if (served.empty()) return "nothing could be bound: no port is served";
    return fmt::format("{} of {} ports are served: {}; Ctrl-C ends it", served.size(), all.size(),
                       fmt::join(served, ", "));
}

/// A line for standard error. Whoever reads it and stops to do so must not stop the responder.
void log_line(std::string_view line) {
    pollfd error{STDERR_FILENO, POLLOUT, 0};
    if (poll(&error, 1, 0) == 1 && (error.revents & POLLOUT) != 0) fmt::print(stderr, "{}\n", line);
}

}  // namespace

int respond_command(const RespondOptions& options) {
    if (!options.make_key.empty()) return make_key(options);
    Problems problems;
    net::Context context(net::available_descriptors(64));
    const Site site = load_site(options.site, problems);
    std::string key = read_key(options, site, problems);
    const std::vector<Table> tables = load_tables(options.targets, problems);
    peers::ResponderPlaces places;
    if (!tables.empty()) places.ports = choose_ports(options, tables, site, problems);
    places.listen = choose_addresses(context, options, problems);
    places.interface = choose_interface(options.interface, problems);
    std::optional<ReadyFile> ready;
    if (!options.ready_file.empty() && problems.empty()) {
        auto prepared = ReadyFile::prepare(options.ready_file);
        if (prepared)
            ready.emplace(std::move(*prepared));
        else
            problems.push_back(usage_problem(prepared.error()));
    }
    if (complain_of(problems)) return exit_usage;

    // Before anybody is told that it runs: whoever stops it at once stops it in order.
    asio::signal_set signals(context.io, SIGINT, SIGTERM);
    signals.async_wait([&](const asio::error_code&, int) { context.stop(); });
    peers::Responder responder(std::move(key), log_line, peers::present());
    const auto sockets = peers::ResponderSockets::start(context, std::move(responder), places);
    const std::vector<Served>& served = sockets->served();
    complain_of_failures(served);
    complain(summary_text(served));
    if (std::none_of(served.begin(), served.end(), [](const Served& one) { return one.served; })) return exit_internal;
    if (ready) {
        if (const auto failure = ready->announce(ready_text(served, options.interface))) {
            complain(*failure);
            return exit_internal;
        }
    }
    // Ends by itself once everything has been stopped.
    context.io.run();
    return exit_ok;
}

}  // namespace fdnprobe::app
