#include "wire/dns.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"

namespace dns = fdnprobe::wire::dns;
using fdnprobe::Address;
using fdnprobe::ByteReader;
using namespace std::string_literals;

namespace {

/// A response as a server sends it: CNAME and two addresses, compressed, an authority record and an OPT record.
const std::string response =
    "\x12\x34\x85\x80\x00\x01\x00\x03\x00\x01\x00\x01"s  // header at 0
    "\x03www\x07"s
    "example\x03net\x00\x00\x01\x00\x01"s                // question at 12: www.example.net A IN
    "\xC0\x0C\x00\x05\x00\x01\x00\x00\x0E\x10\x00\x06"s  // at 33: CNAME
    "\x03"s
    "cdn\xC0\x10"s                                       // at 45: cdn + pointer to example.net
    "\xC0\x2D\x00\x01\x00\x01\x00\x00\x00\x3C\x00\x04"s  // at 51
    "\xAD\xF3\x8A\x42"s                                  // 173.243.138.66
    "\xC0\x2D\x00\x1C\x00\x01\x00\x00\x00\x3C\x00\x10"s  // AAAA
    "\x26\x20\x01\x01\x90\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"s
    "\xC0\x10\x00\x02\x00\x01\x00\x00\x0E\x10\x00\x05"s
    "\x02ns\xC0\x10"s                                 // NS in the authority section
    "\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00"s;  // OPT in the additional section

std::string header_with_counts(std::string_view counts) { return "\x00\x01\x81\x80"s + std::string(counts); }

std::string reason(std::string_view bytes) {
    const auto message = dns::decode(bytes);
    REQUIRE_FALSE(message);
    return message.error();
}

/// One question whose name is these bytes.
std::string question_with_name(const std::string& name) {
    return header_with_counts("\x00\x01\x00\x00\x00\x00\x00\x00"s) + name + "\x00\x01\x00\x01"s;
}

}  // namespace

TEST_CASE("a query is the bytes of RFC 1035") {
    const auto query = dns::encode_query(0x1234, "www.example.net", dns::type_a);
    REQUIRE(query);
    CHECK(*query ==
          "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07"s
          "example\x03net\x00\x00\x01\x00\x01"s);
    CHECK(dns::encode_query(0x1234, "www.example.net.", dns::type_a) == query);
    CHECK((*dns::encode_query(1, "a.b", dns::type_aaaa, false))[2] == '\x00');
}

TEST_CASE("a name that cannot be written is refused with its reason") {
    CHECK(dns::encode_query(1, "", 1).error() == "a name is empty");
    CHECK(dns::encode_query(1, "a..b", 1).error() == "a name has an empty label");
    CHECK(dns::encode_query(1, ".a", 1).error() == "a name has an empty label");
    CHECK(dns::encode_query(1, "a\\", 1).error() == "a name has an escape that is not \\DDD");
    CHECK(dns::encode_query(1, "a\\25", 1).error() == "a name has an escape that is not \\DDD");
    CHECK(dns::encode_query(1, "a\\256", 1).error() == "a name has an escape that is not \\DDD");
    CHECK(dns::is_name(std::string(63, 'a')));
    CHECK(dns::encode_query(1, std::string(64, 'a'), 1).error() == "a label is longer than 63 bytes");
    std::string longest;
    for (int label = 0; label < 127; ++label) longest += "a.";
    CHECK(dns::is_name(longest));
    CHECK(dns::encode_query(1, longest + "b", 1).error() == "a name is longer than 255 bytes");
    CHECK(dns::is_name("."));
}

TEST_CASE("a server's response is read, every section of it") {
    const auto message = dns::decode(response);
    REQUIRE(message);
    CHECK(message->id == 0x1234);
    CHECK(message->response);
    CHECK(message->authoritative);
    CHECK_FALSE(message->truncated);
    CHECK(message->recursion_desired);
    CHECK(message->recursion_available);
    CHECK(message->opcode == 0);
    CHECK(message->rcode == dns::rcode_noerror);
    REQUIRE(message->questions.size() == 1);
    CHECK(message->questions[0] == dns::Question{"www.example.net", 1, 1});
    REQUIRE(message->answers.size() == 3);
    CHECK(message->answers[0] == dns::cname_record("www.example.net", "cdn.example.net", 3600));
    CHECK(message->answers[1] == dns::address_record("cdn.example.net", *Address::parse("173.243.138.66"), 60));
    CHECK(message->answers[2] == dns::address_record("cdn.example.net", *Address::parse("2620:101:9000::1"), 60));
    CHECK(message->trailing == 0);
}

TEST_CASE("flags, opcode and rcode are where RFC 1035 puts them") {
    const auto message = dns::decode("\x00\x07\x2A\x05\x00\x00\x00\x00\x00\x00\x00\x00"s);
    REQUIRE(message);
    CHECK(message->opcode == 5);
    CHECK(message->truncated);
    CHECK_FALSE(message->response);
    CHECK_FALSE(message->recursion_desired);
    CHECK(message->rcode == dns::rcode_refused);
    CHECK(dns::encode(*message) == "\x00\x07\x2A\x05\x00\x00\x00\x00\x00\x00\x00\x00"s);
}

TEST_CASE("no truncation of a message is a message") {
    for (std::size_t size = 0; size < response.size(); ++size) {
        INFO(size);
        CHECK_FALSE(reason(std::string_view(response).substr(0, size)).empty());
    }
}

TEST_CASE("any byte of a message may be wrong") {
    for (std::size_t at = 0; at < response.size(); ++at)
        for (int value = 0; value < 256; ++value) {
            std::string damaged = response;
            damaged[at] = static_cast<char>(value);
            const auto message = dns::decode(damaged);
            if (message) REQUIRE(dns::encode(*message));
        }
}

TEST_CASE("bytes after the message are counted and tolerated") {
    const auto message = dns::decode(response + "abc");
    REQUIRE(message);
    CHECK(message->trailing == 3);
    CHECK(message->answers.size() == 3);
}

TEST_CASE("a compression pointer goes backwards or nowhere") {
    const auto pointing = [](const std::string& name) { return reason(question_with_name(name)); };
    CHECK(pointing("\xC0\x0C"s) == "a compression pointer at byte 12 does not point backwards");
    CHECK(pointing("\xC0\x20"s) == "a compression pointer at byte 12 does not point backwards");
    CHECK(pointing("\x01"s
                   "a\xC0\x0C"s) == "a compression pointer at byte 14 does not point backwards");
    CHECK(pointing("\xC0\x00"s) == "a compression pointer at byte 12 points into the header");
    // Two questions that point at each other: the second may point back, the first not forwards.
    const std::string pair = header_with_counts("\x00\x02\x00\x00\x00\x00\x00\x00"s) +
                             "\x01"s
                             "a\xC0\x12\x00\x01\x00\x01\x01"s
                             "b\xC0\x0C\x00\x01\x00\x01"s;
    CHECK(reason(pair) == "a compression pointer at byte 14 does not point backwards");
}

TEST_CASE("pointers to pointers are followed, but not without end") {
    // A root name, then names that are one pointer to the name before.
    const auto chain = [](std::size_t pointers) {
        std::string bytes = header_with_counts("\x00"s + static_cast<char>(pointers + 1) + "\x00\x00\x00\x00\x00\x00"s);
        bytes +=
            "\x01"s
            "x\x00\x00\x01\x00\x01"s;
        std::size_t before = 12;
        for (std::size_t index = 0; index < pointers; ++index) {
            const std::size_t here = bytes.size();
            bytes += static_cast<char>(0xC0U | before >> 8U);
            bytes += static_cast<char>(before & 0xFFU);
            bytes += "\x00\x01\x00\x01"s;
            before = here;
        }
        return bytes;
    };
    const auto good = dns::decode(chain(32));
    REQUIRE(good);
    CHECK(good->questions.back().name == "x");
    CHECK(reason(chain(33)) == "a name has more than 32 pointers");
}

TEST_CASE("names keep to their limits and labels to their kinds") {
    std::string name;
    for (int label = 0; label < 4; ++label) name += "\x3F"s + std::string(63, 'a');
    CHECK(reason(question_with_name(name + "\x00"s)) == "a name at byte 204 is longer than 255 bytes");
    name.resize(name.size() - 64);
    CHECK(dns::decode(question_with_name(name + "\x3D"s + std::string(61, 'b') + "\x00"s)));
    CHECK(reason(question_with_name("\x40"s + std::string(64, 'a') + "\x00"s)) ==
          "a label at byte 12 is of a kind that does not exist");
    CHECK(reason(question_with_name("\x80\x01\x00"s)) == "a label at byte 12 is of a kind that does not exist");
}

TEST_CASE("odd bytes in names are escaped, and read back") {
    const auto message =
        dns::decode(question_with_name("\x07"s
                                       "a.\\\x00\x1B\xFFZ\x01 \x00"s));
    REQUIRE(message);
    CHECK(message->questions[0].name == "a\\.\\\\\\000\\027\\255Z.\\032");
    CHECK(dns::encode(*message) == question_with_name("\x07"s
                                                      "a.\\\x00\x1B\xFFZ\x01 \x00"s));
    CHECK(dns::decode(question_with_name("\x00"s))->questions[0].name == ".");
    CHECK(dns::same_name("WWW.Example.net", "www.eXample.NET"));
    CHECK_FALSE(dns::same_name("www.example.net", "ww.example.net"));
}

TEST_CASE("counts are held against the bytes that are there") {
    CHECK(reason(header_with_counts("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s)) ==
          "65535 questions and 196605 records do not fit in 12 bytes");
    CHECK(reason(header_with_counts("\x00\x00\x00\x00\x00\x01\x00\x00"s) + std::string(10, '\0')) ==
          "0 questions and 1 records do not fit in 22 bytes");
    CHECK(reason("") == "0 bytes are fewer than a header has");
    CHECK(reason(std::string(65536, '\0')) == "65536 bytes are more than a message has");
}

TEST_CASE("a record's data must fit its type") {
    const auto record = [](const std::string& type, const std::string& rdata) {
        return header_with_counts("\x00\x00\x00\x01\x00\x00\x00\x00"s) + "\x00"s + type + "\x00\x01\x00\x00\x00\x00"s +
               "\x00"s + static_cast<char>(rdata.size()) + rdata;
    };
    CHECK(reason(record("\x00\x01"s, "abc")) == "an address at byte 23 is not one");
    CHECK(reason(record("\x00\x1C"s, "abcd")) == "an address at byte 23 is not one");
    CHECK(reason(record("\x00\x05"s,
                        "\x01"s
                        "a\x00\x00"s)) == "a name at byte 23 is not as long as its record says");
    const auto text = dns::decode(record("\x00\x10"s,
                                         "\x03"s
                                         "abc"));
    REQUIRE(text);
    CHECK(text->answers[0].type == 16);
    CHECK(text->answers[0].rdata ==
          "\x03"s
          "abc");
}

TEST_CASE("an address of another class is only bytes") {
    dns::Message message;
    message.answers.push_back({"a", dns::type_a, 3, 0, std::nullopt, "", "xyz"});
    const auto read = dns::decode(*dns::encode(message));
    REQUIRE(read);
    CHECK_FALSE(read->answers[0].address);
    CHECK(read->answers[0].rdata == "xyz");
}

TEST_CASE("no more than 64 answers are kept") {
    dns::Message message;
    message.response = true;
    for (int index = 0; index < 100; ++index)
        message.answers.push_back(dns::address_record("a.b", *Address::parse("1.2.3.4"), 1));
    const auto read = dns::decode(*dns::encode(message));
    REQUIRE(read);
    CHECK(read->answers.size() == 64);
    CHECK(read->answers_left == 36);
    CHECK(read->trailing == 0);
}

TEST_CASE("an emulated server's response comes back as it was meant") {
    const auto query = dns::decode(*dns::encode_query(7, "Update.FortiGuard.net", dns::type_a));
    REQUIRE(query);
    dns::Message answer = dns::response_to(*query, dns::rcode_noerror,
                                           {dns::cname_record("Update.FortiGuard.net", "fds1.fortinet.com", 30),
                                            dns::address_record("fds1.fortinet.com", *Address::parse("8.8.4.4"), 30)});
    answer.truncated = true;
    const auto bytes = dns::encode(answer);
    REQUIRE(bytes);
    CHECK(dns::decode(*bytes) == answer);
    for (std::size_t size = 0; size < bytes->size(); ++size) CHECK_FALSE(dns::decode(bytes->substr(0, size)));
    const auto refused = dns::decode(*dns::encode(dns::response_to(*query, dns::rcode_refused, {})));
    REQUIRE(refused);
    CHECK(refused->rcode == dns::rcode_refused);
    CHECK(refused->questions == query->questions);
}

TEST_CASE("what cannot be encoded says so") {
    dns::Message message;
    message.answers.push_back({"a", dns::type_aaaa, dns::class_in, 0, Address::parse("1.2.3.4"), "", ""});
    CHECK(dns::encode(message).error() == "a record's address does not fit its type");
    message.answers = {dns::cname_record("a", "b..c", 0)};
    CHECK(dns::encode(message).error() == "a name has an empty label");
    message.answers = {{"a", 16, dns::class_in, 0, std::nullopt, "", std::string(65536, 'x')}};
    CHECK(dns::encode(message).error() == "a record is too long");
    message.answers = {{"a", 16, dns::class_in, 0, std::nullopt, "", std::string(65535, 'x')}};
    CHECK(dns::encode(message).error() == "the message is too long");
}

TEST_CASE("codes have their names") {
    CHECK(dns::rcode_name(0) == "NOERROR");
    CHECK(dns::rcode_name(1) == "FORMERR");
    CHECK(dns::rcode_name(2) == "SERVFAIL");
    CHECK(dns::rcode_name(3) == "NXDOMAIN");
    CHECK(dns::rcode_name(4) == "NOTIMP");
    CHECK(dns::rcode_name(5) == "REFUSED");
    CHECK(dns::rcode_name(10) == "NOTZONE");
    CHECK(dns::rcode_name(11) == "RCODE11");
    CHECK(dns::rcode_name(-1) == "RCODE-1");
    CHECK(dns::type_name(1) == "A");
    CHECK(dns::type_name(28) == "AAAA");
    CHECK(dns::type_name(999) == "TYPE999");
}

TEST_CASE("a message on a stream follows its length") {
    const std::string stream = dns::frame(response);
    CHECK(stream.size() == response.size() + 2);
    for (std::size_t size = 0; size < stream.size(); ++size) {
        const std::string_view part = std::string_view(stream).substr(0, size);
        CHECK_FALSE(dns::unframe(part));
        CHECK(dns::frame_size(part).has_value() == (size >= 2));
    }
    CHECK(dns::unframe(stream + "more") == std::string_view(response));
    CHECK(dns::frame_size(stream) == stream.size());
    CHECK(dns::unframe("\x00\x00"s) == std::string_view(""));
    CHECK(dns::frame(std::string(70000, 'x')).size() == 65537);
}
