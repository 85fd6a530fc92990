#include "notify/syslog_format.hpp"

#include <string>

#include "base/text.hpp"
#include "base/version.hpp"
#include "catch.hpp"
#include "sample.hpp"

namespace fdnprobe::notify {
namespace {

const std::string mark = "\xEF\xBB\xBF";

Message message() {
    Message message = make_message(sample::event("e-1"), {});
    message.sentence = "branch-17: FortiGuard, AV/IPS Update (TCP/443) is blocked";
    return message;
}

TEST_CASE("syslog: the golden line") {
    CHECK(syslog_text(message(), 4711, largest_datagram) ==
          "<27>1 2026-11-20T06:25:00.123Z probe-17 fdnprobe 4711 rows-changed [origin software=\"fdnprobe\" "
          "swVersion=\"" +
              std::string(version()) + "\"] " + mark +
              "branch-17: FortiGuard, AV/IPS Update (TCP/443) is blocked (event e-1)");
    Message good = message();
    good.severity = Severity::notice;
    CHECK(syslog_text(good, 1, largest_datagram).starts_with("<29>1 "));
}

TEST_CASE("syslog: a header holds words of visible ASCII, or dashes") {
    Message odd = message();
    odd.host = "";
    CHECK_THAT(syslog_text(odd, 1, largest_datagram), Contains("Z - fdnprobe 1 "));
    odd.host = "probe 17\xC3\xA9";
    CHECK_THAT(syslog_text(odd, 1, largest_datagram), Contains("Z probe?17?? fdnprobe 1 "));
    odd.host = std::string(300, 'h');
    CHECK_THAT(syslog_text(odd, 1, largest_datagram),
               Contains(" " + std::string(255, 'h') + " fdnprobe") && Contains("(event e-1)"));
}

TEST_CASE("syslog: a long message is cut at a character, and keeps its id") {
    Message large = message();
    for (std::size_t before = 0; before < 8; ++before) {
        large.sentence = std::string(before, 'a');
        while (large.sentence.size() < 3000) large.sentence += "\xE2\x82\xAC";  // three bytes
        const std::string text = syslog_text(large, 1, largest_datagram);
        CHECK(text.size() <= largest_datagram);
        CHECK(text.size() > largest_datagram - 8);
        CHECK(text.ends_with("... (event e-1)"));
        const std::string sentence = text.substr(text.find(mark) + mark.size());
        CHECK(printable(sentence, 5000) == sentence);
    }
    CHECK(syslog_text(large, 1, largest_line).size() > 3000);
}

TEST_CASE("syslog: a frame counts bytes, not characters") {
    CHECK(syslog_frame("<27>1 - \xC3\xA9\n") == "11 <27>1 - \xC3\xA9\n");
}

}  // namespace
}  // namespace fdnprobe::notify
