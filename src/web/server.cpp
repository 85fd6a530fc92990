#include "web/server.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <utility>

#include "fdnprobe/address.hpp"
#include "web/answering.hpp"
#include "web/front.hpp"
#include "web/listener.hpp"

namespace fdnprobe::web {
namespace {

std::string own_name() {
    // Linux allows 64.
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// Signals are the main thread's. Threads that are started meanwhile inherit this.
class WithoutSignals {
  public:
    WithoutSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    WithoutSignals(const WithoutSignals&) = delete;
    WithoutSignals& operator=(const WithoutSignals&) = delete;
    ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

class RunningServer final : public Server {
  public:
    RunningServer(const ServerSettings& settings, Listener listener, system::SslContext tls, Live& live,
                  history::History* history)
        : port_(listener.port),
          url_(url_of(settings, listener.port)),
          history_(history),
          answering_(settings, live, history),
          front_(std::move(listener), std::move(tls), answering_, live) {}
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;
    ~RunningServer() override { stop_threads(); }

    [[nodiscard]] std::uint16_t port() const override { return port_; }
    [[nodiscard]] std::string url() const override { return url_; }
    void stop() override { stop_threads(); }

  private:
    void stop_threads() {
        if (history_ != nullptr) history_->interrupt();
        front_.stop();
    }

    static std::string url_of(const ServerSettings& settings, std::uint16_t port) {
        const std::string scheme = settings.certificate_file.empty() ? "http://" : "https://";
        const auto address = Address::parse(settings.address);
        // Where it listens everywhere, a name is more use than "everywhere".
        if (address->is_unspecified() && !own_name().empty())
            return scheme + own_name() + ":" + std::to_string(port) + "/";
        return scheme + SocketAddress{*address, port}.to_string() + "/";
    }

    std::uint16_t port_;
    std::string url_;
    history::History* history_;
    Answering answering_;
    Front front_;
};

}  // namespace

Expected<std::unique_ptr<Server>, std::string> Server::start(const ServerSettings& settings, Live& live,
                                                             history::History* history) {
    if (settings.certificate_file.empty() != settings.key_file.empty())
        return Unexpected<std::string>(
            settings.key_file.empty() ? "the certificate in " + settings.certificate_file + " needs its private key"
                                      : "the private key in " + settings.key_file + " needs its certificate");
    system::SslContext tls;
    if (!settings.certificate_file.empty()) {
        auto context = server_context(settings.certificate_file, settings.key_file);
        if (!context) return Unexpected<std::string>(context.error());
        tls = std::move(*context);
    }
    auto listener = listen_at(settings.address, settings.port);
    if (!listener) return Unexpected<std::string>(listener.error());

    ServerSettings known = settings;
    const std::string name = own_name();
    known.names.push_back(name);
    known.names.push_back(name.substr(0, name.find('.')));
    const WithoutSignals during_start;
    return std::make_unique<RunningServer>(known, std::move(*listener), std::move(tls), live, history);
}

}  // namespace fdnprobe::web
