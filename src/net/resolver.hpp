// Names to addresses, by c-ares: getaddrinfo cannot be interrupted, hides which server said what, and turns REFUSED,
// SERVFAIL and silence into one error. Each name is asked once a run; everybody who needs it shares the answer.
//
// c-ares keeps the retries, the failing over between servers and the change to TCP. This class lends it sockets whose
// error queue is on, reads the raw answers itself, and notes who answered.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
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

    [[nodiscard]] Task<std::shared_ptr<const Resolution>> resolve(std::string name);

    /// The servers that are asked, in text.
    [[nodiscard]] std::vector<std::string> servers() const;

  private:
    struct Lookup;
    struct Question;
    void start(const std::string& name, const std::shared_ptr<Lookup>& lookup);

    Context& context_;
    ResolverOptions options_;
    std::map<std::string, std::shared_ptr<Lookup>> lookups_;
    std::optional<std::string> hosts_;      // read when the first name is asked for
    std::unique_ptr<AresChannel> channel_;  // the first to go: it ends the questions that are out
};

}  // namespace fdnprobe::net
