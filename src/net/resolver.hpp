// Names to addresses, by c-ares: getaddrinfo cannot be interrupted, hides which server said what, and turns REFUSED,
// SERVFAIL and silence into one error. Each name is asked once a run; everybody who needs it shares the answer.
//
// Each server has a c-ares channel of its own, so that it is known who said what and who said nothing. They are asked
// in the order in which they are listed, each with a head start on the next: the first that answers in a way that
// settles the question has the word, and a dead one costs its head start. c-ares keeps the retries and the change to
// TCP. This class lends it sockets whose error queue is on, and reads the raw answers itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/evidence.hpp"
#include "net/context.hpp"

namespace fdnprobe::net {

struct ResolverOptions {
    std::vector<SocketAddress> servers;  ///< empty: the system's
    bool ipv4 = true;
    bool ipv6 = true;
    Clock::duration budget = std::chrono::milliseconds(3500);  ///< for one name
    /// Addresses that no public name has. A server that gives a public name nothing else does not settle the question:
    /// the next one is asked, too.
    std::function<bool(const Address&)> distrusted;
};

/// A name's addresses, and how they were come by.
struct Resolution {
    std::vector<Address> addresses;
    std::vector<Event> evidence;
    Clock::duration took{};
    bool stopped = false;  ///< ended from outside, before there was an answer
};

class AresChannel;

class Resolver {
  public:
    Resolver(Context& context, const ResolverOptions& options);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// `is_public`: the name's owner gives it public addresses.
    [[nodiscard]] Task<std::shared_ptr<const Resolution>> resolve(std::string name, bool is_public = false);
    /// The next `resolve` of that name asks again, unless somebody has done so since `stale` was given out.
    void forget(const std::string& name, bool is_public, const std::shared_ptr<const Resolution>& stale);

    /// The servers that are asked, in text.
    [[nodiscard]] std::vector<std::string> servers() const;
    /// Those of them that a socket of one's own can ask. A link-local one needs to know on which interface, which
    /// c-ares keeps to itself.
    [[nodiscard]] std::vector<SocketAddress> server_addresses() const;

    /// Which families names are looked up for.
    [[nodiscard]] bool asks_ipv4() const { return options_.ipv4; }
    [[nodiscard]] bool asks_ipv6() const { return options_.ipv6; }

  private:
    struct Lookup;
    struct Question;
    void start(const std::shared_ptr<Lookup>& lookup);
    void ask_next(const std::shared_ptr<Lookup>& lookup);
    void settle(const std::shared_ptr<Lookup>& lookup);
    void give_up(Lookup& lookup) const;
    [[nodiscard]] std::string name_of(std::size_t server) const;

    Context& context_;
    ResolverOptions options_;
    std::map<std::pair<std::string, bool>, std::shared_ptr<Lookup>> lookups_;
    std::optional<std::string> hosts_;                    // read when the first name is asked for
    std::vector<std::unique_ptr<AresChannel>> channels_;  // the first to go: they end the questions that are out
};

}  // namespace fdnprobe::net
