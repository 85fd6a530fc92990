#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "web/api_events.hpp"
#include "web/live.hpp"

namespace fdnprobe::web {
namespace {

void publish(Live& live, std::uint64_t serial, std::size_t events = 0) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->serial = serial;
    live.publish(std::move(snapshot), std::vector<WatchEvent>(events));
}

std::string begun(const Live& live, std::string_view last, std::uint64_t& item) {
    const Answer answer = api_events(live, last);
    CHECK(answer.stream);
    item = answer.stream_after;
    return answer.body;
}

TEST_CASE("a new reader is told which run is the newest") {
    Live live;
    std::uint64_t item = 99;
    CHECK(begun(live, "", item) == "retry: 3000\n\nid: 0\nevent: report\ndata: {\"serial\":0}\n\n");
    CHECK(item == 0);
    publish(live, 7);
    CHECK(begun(live, "", item) == "retry: 3000\n\nid: 1\nevent: report\ndata: {\"serial\":7}\n\n");
    CHECK(item == 1);
    CHECK(more_events(live, item).empty());
}

TEST_CASE("changes come before the run that brought them, one line of data each") {
    Live live;
    std::uint64_t item = 0;
    publish(live, 1, 2);
    const std::string text = more_events(live, item);
    CHECK(item == 3);
    CHECK(text.starts_with("id: 1\nevent: change\ndata: {"));
    CHECK(text.find("\n\nid: 2\nevent: change\ndata: {") != std::string::npos);
    CHECK(text.ends_with("}\n\nid: 3\nevent: report\ndata: {\"serial\":1}\n\n"));
    CHECK(more_events(live, item).empty());
}

TEST_CASE("a reader that comes back goes on where it was") {
    Live live;
    std::uint64_t item = 0;
    for (std::uint64_t serial = 1; serial <= 5; ++serial) publish(live, serial);
    CHECK(begun(live, "3", item) == "retry: 3000\n\n");
    CHECK(item == 3);
    CHECK(more_events(live, item) ==
          "id: 4\nevent: report\ndata: {\"serial\":5}\n\nid: 5\nevent: report\ndata: {\"serial\":5}\n\n");
    CHECK(begun(live, "5", item) == "retry: 3000\n\n");
    CHECK(item == 5);
}

TEST_CASE("a reader that was away for too long, or from another process, reads everything anew") {
    Live live;
    std::uint64_t item = 0;
    for (std::uint64_t serial = 1; serial <= 300; ++serial) publish(live, serial);
    const std::string anew = "retry: 3000\n\nid: 300\nevent: reload\ndata: {}\n\n";
    CHECK(begun(live, "3", item) == anew);
    CHECK(item == 300);
    CHECK(begun(live, "301", item) == anew);
    CHECK(begun(live, "44", item) == "retry: 3000\n\n");
    CHECK(begun(live, "43", item) == anew);
    item = 3;
    CHECK(more_events(live, item) == "id: 300\nevent: reload\ndata: {}\n\n");
    CHECK(item == 300);
    // What is no number is nobody's.
    for (const char* const odd : {"x", "-1", "1e9", "99999999999999999999"})
        CHECK(begun(live, odd, item).find("event: report") != std::string::npos);
}

TEST_CASE("whoever watches what is published is called, until it is not") {
    Live live;
    int calls = 0;
    live.call_on_change([&] { ++calls; });
    publish(live, 1);
    publish(live, 2);
    live.update(WatchFacts{});
    CHECK(calls == 2);
    live.call_on_change(nullptr);
    publish(live, 3);
    CHECK(calls == 2);
}

}  // namespace
}  // namespace fdnprobe::web
