// Tells others of confirmed changes: a webhook, a syslog receiver, a command.
//
// Each receiver has a queue and a thread of its own, so that one that hangs holds up nobody. A message is on disk
// before the first attempt and is removed after the receiver took it; what is left is sent by the next process. It may
// therefore arrive twice, and has an id by which the receiver can tell.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::notify {

struct Settings {
    std::vector<std::string> to;        ///< "webhook=http[s]://...", "syslog=udp|tcp://HOST[:PORT]", "command=/path"
    std::string webhook_secret;         ///< signs what a webhook is sent (HMAC-SHA-256); empty: unsigned
    std::string spool;                  ///< a folder for what could not be delivered yet, made where there is none;
                                        ///< empty: in memory only
    std::vector<std::string> ca_files;  ///< bundles that sign a webhook's certificate; empty: the system's
    std::chrono::milliseconds first_wait{1000};  ///< after a failed attempt; doubles up to `longest_wait`
    std::chrono::milliseconds longest_wait{5 * 60 * 1000};
    std::chrono::milliseconds attempt_timeout{10000};
    std::chrono::hours keep{24 * 7};  ///< a message that nobody took for so long is given up
    std::size_t most_waiting = 1000;  ///< messages of one receiver; the oldest make room
    bool held = false;                ///< begins as after hold(true)
    friend bool operator==(const Settings&, const Settings&) = default;
};

/// What is wrong with one receiver as it is written, for options and files; nothing: it can be used.
[[nodiscard]] std::optional<std::string> receiver_mistake(const std::string& text);
/// What is unwise about a receiver that can be used, such as http:// to another machine; nothing: all is well.
[[nodiscard]] std::optional<std::string> receiver_warning(const std::string& text);

class Notifier {
  public:
    /// Reads the spool and begins to deliver; the error names the receiver or the folder and what was expected.
    [[nodiscard]] static Expected<std::unique_ptr<Notifier>, std::string> start(const Settings& settings);

    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;
    virtual ~Notifier() = default;

    /// Puts the event into every receiver's spool and returns.
    virtual void send(const WatchEvent& event) = 0;
    [[nodiscard]] virtual std::vector<ReceiverFacts> facts() const = 0;
    /// What people should know: receivers that are unwise, files in the spool that are left alone, a spool that cannot
    /// be written at present. Sentences, escaped.
    [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
    /// While they are held, receivers are told nothing; what is sent waits in the spool.
    virtual void hold(bool held) = 0;
    /// Tries once more what may be tried at once, and ends within `patience`: attempts that go on then are abandoned,
    /// and stay in the spool. Nothing can be sent afterwards.
    virtual void stop(std::chrono::milliseconds patience) = 0;

  protected:
    Notifier() = default;
};

}  // namespace fdnprobe::notify
