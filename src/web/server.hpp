// Serves the page, the API and the metrics of a watch over HTTP. Read-only; nothing in a request ever becomes an
// address to send to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/expected.hpp"
#include "history/history.hpp"
#include "web/live.hpp"

namespace fdnprobe::web {

struct ServerSettings {
    std::string address = "127.0.0.1";  ///< IPv4 or IPv6, without brackets
    std::uint16_t port = 9541;          ///< 0: the system picks one
    std::string token;                  ///< `Authorization: Bearer` or the password of Basic; empty: nobody is asked
    std::string certificate_file;       ///< PEM, with its chain; empty: plain HTTP
    std::string key_file;
    std::vector<std::string> names;  ///< further names by which the page is reached; see host_check.hpp
};

/// "HOST:PORT", "[ADDRESS]:PORT" or ":PORT" as `--listen` takes it; the error says what was expected.
[[nodiscard]] Expected<ServerSettings, std::string> parse_listen(const std::string& text);

/// Whether only this host can reach the address.
[[nodiscard]] bool is_loopback_only(const ServerSettings& settings);

class Server {
  public:
    /// Binds, and serves from threads of its own until stop(). `history` may be null.
    [[nodiscard]] static Expected<std::unique_ptr<Server>, std::string> start(const ServerSettings& settings,
                                                                              Live& live, history::History* history);

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    virtual ~Server() = default;

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// "http://127.0.0.1:9541/"
    [[nodiscard]] virtual std::string url() const = 0;
    /// Ends open streams and the threads; returns within half a second.
    virtual void stop() = 0;

  protected:
    Server() = default;
};

}  // namespace fdnprobe::web
