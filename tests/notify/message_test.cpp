#include "notify/message.hpp"

#include <string>

#include "catch.hpp"
#include "sample.hpp"

namespace fdnprobe::notify {
namespace {

WallMoment later() { return std::chrono::floor<std::chrono::milliseconds>(sample::morning()) + std::chrono::hours(1); }

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

TEST_CASE("message: what is read is what was written, and nothing shorter or longer") {
    const Message message = make_message(sample::event("e-1", 3), later());
    const std::string bytes = encode_message(message);
    REQUIRE(parse_message(bytes));
    CHECK(*parse_message(bytes) == message);
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(!parse_message(bytes.substr(0, size)));
    CHECK(!parse_message(bytes + "\n"));
    CHECK(!parse_message("\n" + bytes));
}

TEST_CASE("message: a file that was tampered with is no message") {
    Message message = make_message(sample::event("e-1"), later());
    message.body = "{}\n";
    const std::string bytes = encode_message(message);
    CHECK(!parse_message(replaced(bytes, "message/1", "message/2")));
    CHECK(!parse_message(replaced(bytes, "id e-1", "id e\t1")));
    CHECK(!parse_message(replaced(bytes, "id e-1", "id ")));
    CHECK(!parse_message(replaced(bytes, "id e-1", "id " + std::string(201, 'a'))));
    CHECK(!parse_message(replaced(bytes, "severity 3", "severity 2")));
    CHECK(!parse_message(replaced(bytes, "severity 3", "severity 03")));
    CHECK(!parse_message(replaced(bytes, "host probe-17", "host \x1b[2J")));
    CHECK(!parse_message(replaced(bytes, "sentence branch", "sentence \xff")));
    CHECK(!parse_message(replaced(bytes, "body 3", "body 4")));
    CHECK(!parse_message(replaced(bytes, "body 3", "body 99999999999999999999")));
    CHECK(!parse_message(replaced(bytes, "at ", "at -")));
}

TEST_CASE("message: an id or a host that came from elsewhere cannot break a line") {
    WatchEvent event = sample::event("a\r\nX-Evil: 1 \xC3\xA9" + std::string(500, 'b'));
    event.host = "probe\nsentence x\x1b[2J";
    const Message message = make_message(event, later());
    CHECK(message.id.size() == 200);
    CHECK(message.id.find_first_of("\r\n ") == std::string::npos);
    CHECK(message.host == "probe\\x0asentence x\\x1b[2J");
    CHECK(parse_message(encode_message(message)) == message);
}

TEST_CASE("message: how urgent it is") {
    const auto severity = [](State from, State to) {
        WatchEvent event = sample::event("e-1", 0);
        event.rows = {sample::row(1, State::blocked, State::reachable), sample::row(2, from, to)};
        return make_message(event, later()).severity;
    };
    CHECK(severity(State::reachable, State::blocked) == Severity::error);
    CHECK(severity(State::reachable, State::untrusted) == Severity::error);
    CHECK(severity(State::reachable, State::local) == Severity::error);
    CHECK(severity(State::reachable, State::degraded) == Severity::warning);
    CHECK(severity(State::blocked, State::inconclusive) == Severity::warning);
    CHECK(severity(State::broken, State::reachable) == Severity::notice);
    WatchEvent control = sample::event("e-2", 0);
    control.kind = WatchEventKind::control_failed;
    CHECK(make_message(control, later()).severity == Severity::error);
    control.kind = WatchEventKind::control_restored;
    CHECK(make_message(control, later()).severity == Severity::notice);
}

}  // namespace
}  // namespace fdnprobe::notify
