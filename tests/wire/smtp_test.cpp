#include "wire/smtp.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"

namespace smtp = fdnprobe::wire::smtp;
using smtp::ReplyFault;

namespace {

/// RFC 5321, appendix D.1.
const std::string greeting = "220 foo.com Simple Mail Transfer Service Ready\r\n";
const std::string ehlo_reply =
    "250-foo.com greets bar.com\r\n"
    "250-8BITMIME\r\n"
    "250-SIZE\r\n"
    "250-DSN\r\n"
    "250 HELP\r\n";

ReplyFault fault(std::string_view bytes) {
    const auto reply = smtp::parse_reply(bytes);
    REQUIRE_FALSE(reply);
    CHECK_FALSE(reply.error().what.empty());
    return reply.error().fault;
}

smtp::Reply parsed(std::string_view bytes) {
    const auto reply = smtp::parse_reply(bytes);
    REQUIRE(reply);
    return *reply;
}

}  // namespace

TEST_CASE("a greeting is read, and what follows it is left") {
    const smtp::Reply reply = parsed(greeting + "250 more\r\n");
    CHECK(reply.code == 220);
    CHECK(reply.lines == std::vector<std::string>{"foo.com Simple Mail Transfer Service Ready"});
    CHECK(reply.size == greeting.size());
}

TEST_CASE("the lines of a reply are one reply") {
    const smtp::Reply reply = parsed(ehlo_reply + greeting);
    CHECK(reply.code == 250);
    CHECK(reply.lines == std::vector<std::string>{"foo.com greets bar.com", "8BITMIME", "SIZE", "DSN", "HELP"});
    CHECK(reply.size == ehlo_reply.size());
    // RFC 5321, 4.2.1.
    CHECK(parsed("250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n")
              .lines[2] == "234 Text beginning with numbers");
}

TEST_CASE("every truncation of a reply is incomplete, not malformed") {
    for (const std::string& whole : {greeting, ehlo_reply, std::string("221\r\n"), std::string("250-\r\n250 \r\n")}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            INFO(size);
            CHECK(fault(whole.substr(0, size)) == ReplyFault::incomplete);
        }
        CHECK(parsed(whole).size == whole.size());
    }
}

TEST_CASE("what servers get away with is a reply") {
    CHECK(parsed("220\r\n").lines == std::vector<std::string>{""});
    CHECK(parsed("220\n").lines == std::vector<std::string>{""});
    CHECK(parsed("220-\n220 x\n").lines == std::vector<std::string>{"", "x"});
    CHECK(parsed("250-a\r\n250\r\n").lines == std::vector<std::string>{"a", ""});
    CHECK(parsed("220 " + std::string(4000, 'x') + "\r\n").lines[0].size() == 4000);
    CHECK(parsed("220 \x1B[2J\xFF\r\n").lines[0] == "\x1B[2J\xFF");
}

TEST_CASE("what does not begin as a reply is foreign") {
    for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-x", "+OK ready\r\n", "* OK IMAP\r\n", "\r\n",
                              "22\r\n", "2", "2a", "2200 x\r\n", "220_x\r\n", " 220 x\r\n", "\x15\x03\x01"}) {
        INFO(bytes);
        const auto reply = smtp::parse_reply(bytes);
        REQUIRE_FALSE(reply);
        CHECK(reply.error().fault == (std::string_view(bytes) == "2" ? ReplyFault::incomplete : ReplyFault::foreign));
    }
}

TEST_CASE("what breaks a reply's rules is malformed") {
    CHECK(fault("100 x\r\n") == ReplyFault::malformed);
    CHECK(fault("600 x\r\n") == ReplyFault::malformed);
    CHECK(fault("260 x\r\n") == ReplyFault::malformed);
    CHECK(fault("250-a\r\n251 b\r\n") == ReplyFault::malformed);
    CHECK(fault("250-a\r\nb\r\n") == ReplyFault::malformed);
    CHECK(fault("250\rx\r\n") == ReplyFault::malformed);
}

TEST_CASE("a reply without end is given up at 16 KiB") {
    const std::string line = "220 " + std::string(smtp::largest_reply - 4, 'x');
    CHECK(fault(line.substr(0, smtp::largest_reply - 1)) == ReplyFault::incomplete);
    CHECK(fault(line) == ReplyFault::malformed);
    CHECK(fault(line + "\r\n") == ReplyFault::malformed);
    std::string lines;
    while (lines.size() < smtp::largest_reply) lines += "220-x\r\n";
    CHECK(fault(lines) == ReplyFault::malformed);
    CHECK(fault(lines + "220 x\r\n") == ReplyFault::malformed);
}

TEST_CASE("extensions are offered after the first line") {
    const smtp::Reply reply = parsed("250-STARTTLS\r\n250-SIZE 1000\r\n250-starttlsx\r\n250 HELP\r\n");
    CHECK_FALSE(smtp::offers(reply, "STARTTLS"));
    CHECK(smtp::offers(reply, "size"));
    CHECK(smtp::offers(reply, "HELP"));
    CHECK(smtp::offers(parsed("250-foo.com\r\n250 StartTLS\r\n"), "STARTTLS"));
    CHECK_FALSE(smtp::offers(parsed("250 foo.com\r\n"), "STARTTLS"));
}

TEST_CASE("commands are lines, and are read as such") {
    CHECK(smtp::encode_command(smtp::Verb::ehlo) == "EHLO fdnprobe.invalid\r\n");
    CHECK(smtp::encode_command(smtp::Verb::helo) == "HELO fdnprobe.invalid\r\n");
    CHECK(smtp::encode_command(smtp::Verb::quit) == "QUIT\r\n");
    const auto command = smtp::parse_command("ehlo  bar.com \r\nQUIT\r\n");
    REQUIRE(command);
    CHECK(command->verb == "EHLO");
    CHECK(command->argument == "bar.com");
    CHECK(command->size == 16);
    CHECK(smtp::parse_command("\n")->verb.empty());
    CHECK_FALSE(smtp::parse_command("QUIT\r"));
}

TEST_CASE("what an emulated server writes is a reply") {
    constexpr std::array<std::string_view, 2> lines{"lab.test", "STARTTLS"};
    CHECK(smtp::encode_reply(250, lines) == "250-lab.test\r\n250 STARTTLS\r\n");
    CHECK(parsed(smtp::encode_reply(250, lines)).lines == std::vector<std::string>{"lab.test", "STARTTLS"});
}
