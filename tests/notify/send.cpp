// A notifier that is told what to do line by line, for the tests with real receivers: it answers each line with one
// of JSON.
//
//   notify_send [--to RECEIVER]... [--secret TEXT] [--spool FOLDER] [--ca FILE]... [--first-wait MS]
//               [--longest-wait MS] [--timeout MS] [--most N]
//
//   bad ID [ROWS], good ID [ROWS], dead ID   sends an event
//   facts                                    what became of it
//   stop MS                                  ends
#include <chrono>
#include <cstddef>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "notify/notifier.hpp"
#include "report/json_library.hpp"
#include "sample.hpp"

namespace {

using Json = nlohmann::ordered_json;
using fdnprobe::notify::Notifier;
using fdnprobe::notify::Settings;

void say(const Json& json) { std::cout << json.dump() << std::endl; }

bool read_option(Settings& settings, const std::string& name, const std::string& value) {
    const auto milliseconds = [&] { return std::chrono::milliseconds(std::stol(value)); };
    if (name == "--to")
        settings.to.push_back(value);
    else if (name == "--secret")
        settings.webhook_secret = value;
    else if (name == "--spool")
        settings.spool = value;
    else if (name == "--ca")
        settings.ca_files.push_back(value);
    else if (name == "--first-wait")
        settings.first_wait = milliseconds();
    else if (name == "--longest-wait")
        settings.longest_wait = milliseconds();
    else if (name == "--timeout")
        settings.attempt_timeout = milliseconds();
    else if (name == "--most")
        settings.most_waiting = std::stoul(value);
    else
        return false;
    return true;
}

Json facts_of(const Notifier& notifier) {
    Json all = Json::array();
    for (const fdnprobe::ReceiverFacts& facts : notifier.facts())
        all.push_back({{"name", facts.name},
                       {"delivered", facts.delivered},
                       {"failed", facts.failed},
                       {"given_up", facts.given_up},
                       {"waiting", facts.waiting},
                       {"last_problem", facts.last_problem}});
    return {{"receivers", std::move(all)}, {"warnings", notifier.warnings()}};
}

void send(Notifier& notifier, const std::string& what, std::istream& rest) {
    std::string id;
    std::size_t rows = 1;
    rest >> id >> rows;
    if (!rest) rows = 1;
    fdnprobe::WatchEvent event = fdnprobe::notify::sample::event(id, what == "dead" ? 0 : rows, what == "bad");
    if (what == "dead") event.kind = fdnprobe::WatchEventKind::control_failed;
    notifier.send(event);
    say({{"sent", id}});
}

void stop(Notifier& notifier, std::istream& rest) {
    long patience = 0;
    rest >> patience;
    const auto began = std::chrono::steady_clock::now();
    notifier.stop(std::chrono::milliseconds(patience));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    Json json = facts_of(notifier);
    json["stopped_after"] = took.count();
    say(json);
}

}  // namespace

int main(int count, char** arguments) {
    Settings settings;
    for (int index = 1; index + 1 < count; index += 2)
        if (!read_option(settings, arguments[index], arguments[index + 1])) return 2;
    auto notifier = Notifier::start(settings);
    if (!notifier) {
        say({{"error", notifier.error()}});
        return 2;
    }
    say({{"started", true}});
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (word == "facts") {
            say(facts_of(**notifier));
        } else if (word == "stop") {
            stop(**notifier, words);
            return 0;
        } else {
            send(**notifier, word, words);
        }
    }
    return 0;
}
