#include "notify/notifier.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "fdnprobe/address.hpp"
#include "notify/command.hpp"
#include "notify/syslog.hpp"
#include "notify/target.hpp"
#include "notify/tls_stream.hpp"
#include "notify/webhook.hpp"
#include "notify/worker.hpp"

namespace fdnprobe::notify {
namespace {

using std::chrono::milliseconds;

/// Of the time to stop in, what is kept for attempts to notice that they are broken off.
constexpr milliseconds longest_grace{200};

WallMoment wall_now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

bool loopback(const std::string& host) {
    const auto address = Address::parse(host);
    return address ? address->is_loopback() : lower(host) == "localhost";
}

std::optional<std::string> warning_of(const Target& target) {
    const auto* webhook = std::get_if<WebhookTarget>(&target);
    if (webhook == nullptr || webhook->tls || loopback(webhook->host)) return std::nullopt;
    return fmt::format("http:// is not encrypted: whoever is on the way can read what is sent{}; https:// is",
                       webhook->credentials.empty() ? "" : ", the password too");
}

std::unique_ptr<Carrier> carrier_for(const Target& target, const Settings& settings) {
    if (const auto* webhook = std::get_if<WebhookTarget>(&target))
        return make_webhook({*webhook, settings.webhook_secret, settings.ca_files});
    if (const auto* syslog = std::get_if<SyslogTarget>(&target)) return make_syslog(*syslog);
    return make_command(std::get<CommandTarget>(target));
}

std::function<double()> chance() {
    std::random_device seed;
    return [engine = std::mt19937(seed()), numbers = std::uniform_real_distribution<double>(0, 1)]() mutable {
        return numbers(engine);
    };
}

struct Receiver {
    std::string name;
    std::string key;
    Target target;
};

Expected<std::vector<Receiver>, std::string> receivers_of(const Settings& settings) {
    std::vector<Receiver> receivers;
    std::map<std::string_view, int> numbers;
    for (const std::string& text : settings.to) {
        auto target = parse_target(text);
        if (!target) return Unexpected<std::string>(target.error());
        const std::string key = receiver_key(text);
        // Named twice, in a file and on the command line: it is told once.
        if (std::any_of(receivers.begin(), receivers.end(), [&](const Receiver& one) { return one.key == key; }))
            continue;
        const std::string_view kind = kind_of(*target);
        receivers.push_back({fmt::format("{} {}", kind, ++numbers[kind]), key, std::move(*target)});
    }
    return receivers;
}

class Delivering : public Notifier {
  public:
    Delivering(std::shared_ptr<Spool> spool, std::vector<std::string> warnings)
        : spool_(std::move(spool)), warnings_(std::move(warnings)) {}
    Delivering(const Delivering&) = delete;
    Delivering& operator=(const Delivering&) = delete;
    ~Delivering() override { end(milliseconds(0)); }

    void add(const Receiver& receiver, const Settings& settings) {
        Outbox outbox(Backoff(settings.first_wait, settings.longest_wait, chance()), settings.keep,
                      settings.most_waiting);
        Worker& worker = *workers_.emplace_back(
            std::make_unique<Worker>(WorkerSettings{receiver.name, receiver.key, settings.attempt_timeout, spool_},
                                     carrier_for(receiver.target, settings), std::move(outbox)));
        if (spool_) worker.take_over(spool_->kept(receiver.key, settings.most_waiting));
        worker.hold(settings.held);
        worker.start();
    }

    void send(const WatchEvent& event) override {
        const auto message = std::make_shared<const Message>(make_message(event, wall_now()));
        for (const auto& worker : workers_) worker->send(message);
    }

    std::vector<ReceiverFacts> facts() const override {
        std::vector<ReceiverFacts> all;
        for (const auto& worker : workers_) all.push_back(worker->facts());
        return all;
    }

    std::vector<std::string> warnings() const override {
        std::vector<std::string> all = warnings_;
        if (!spool_) return all;
        for (std::string& remark : spool_->remarks()) all.push_back(std::move(remark));
        for (const auto& worker : workers_) {
            const std::string problem = worker->spool_problem();
            if (problem.empty()) continue;
            // The folder is one for all of them.
            all.push_back(fmt::format("the spool {}; what waits is lost when this process ends", problem));
            break;
        }
        return all;
    }

    void hold(bool held) override {
        for (const auto& worker : workers_) worker->hold(held);
    }

    void stop(milliseconds patience) override { end(patience); }

  private:
    void end(milliseconds patience) {
        const auto now = std::chrono::steady_clock::now();
        const auto last = now + patience;
        for (const auto& worker : workers_) worker->finish();
        wait_until(last - std::min(longest_grace, patience / 4));
        for (const auto& worker : workers_) worker->cancel();
        wait_until(last);
        for (const auto& worker : workers_) worker->join();
        if (spool_) spool_->close();
    }

    void wait_until(std::chrono::steady_clock::time_point moment) {
        for (const auto& worker : workers_)
            if (!worker->ended_by(moment)) return;
    }

    std::shared_ptr<Spool> spool_;
    std::vector<std::string> warnings_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace

std::optional<std::string> receiver_mistake(const std::string& text) {
    const auto target = parse_target(text);
    return target ? std::nullopt : std::optional(target.error());
}

std::optional<std::string> receiver_warning(const std::string& text) {
    const auto target = parse_target(text);
    return target ? warning_of(*target) : std::nullopt;
}

Expected<std::unique_ptr<Notifier>, std::string> Notifier::start(const Settings& settings) {
    const auto receivers = receivers_of(settings);
    if (!receivers) return Unexpected<std::string>(receivers.error());
    std::vector<std::string> warnings;
    std::vector<std::string> keys;
    for (const Receiver& receiver : *receivers) {
        keys.push_back(receiver.key);
        if (const auto warning = warning_of(receiver.target))
            warnings.push_back(fmt::format("{}: {}", receiver.name, *warning));
        const auto* webhook = std::get_if<WebhookTarget>(&receiver.target);
        if (webhook == nullptr || !webhook->tls) continue;
        const auto context = make_tls_context(settings.ca_files);
        if (!context) return Unexpected<std::string>(fmt::format("{}: {}", receiver.name, printable(context.error())));
    }
    std::shared_ptr<Spool> spool;
    if (!settings.spool.empty()) {
        auto opened = Spool::open(settings.spool, keys, settings.keep, wall_now());
        if (!opened) return Unexpected<std::string>(opened.error());
        spool = std::move(*opened);
    }
    auto notifier = std::make_unique<Delivering>(std::move(spool), std::move(warnings));
    for (const Receiver& receiver : *receivers) notifier->add(receiver, settings);
    return notifier;
}

}  // namespace fdnprobe::notify
