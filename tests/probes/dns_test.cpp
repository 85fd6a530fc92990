#include "probes/dns.hpp"

#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/dns.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
namespace wire_dns = fdnprobe::wire::dns;
using namespace std::string_literals;

namespace {

constexpr std::uint16_t id = 0x1234;  // what the seed of `play` makes

Check over(Transport transport) {
    Check check = check_of("dns", transport, 53, "208.91.112.53");
    check.block_pages = std::make_shared<const BlockPages>(
        BlockPages{{*Address::parse("208.91.112.55"), "FortiGuard's DNS filter", {}}});
    return check;
}

wire_dns::Message answer(const std::vector<std::string>& addresses, std::uint8_t rcode = wire_dns::rcode_noerror,
                         const std::string& name = "update.fortiguard.net") {
    const auto query = wire_dns::decode(*wire_dns::encode_query(id, name, wire_dns::type_a));
    std::vector<wire_dns::Record> records;
    for (const auto& text : addresses) records.push_back(wire_dns::address_record(name, *Address::parse(text), 60));
    return wire_dns::response_to(*query, rcode, records);
}

std::string bytes(const wire_dns::Message& message) { return *wire_dns::encode(message); }

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Finding udp_finding(const std::vector<std::string>& datagrams, const Check& check = over(Transport::udp)) {
    return judged(dns, check, {.pieces = datagrams, .datagrams = true});
}

Finding tcp_finding(const std::string& stream, bool closes = false) {
    return judged(dns, over(Transport::tcp),
                  {.pieces = stream.empty() ? std::vector<std::string>{} : std::vector{stream}, .closes = closes});
}

}  // namespace

TEST_CASE("dns: the question is the option's, or the host's name, or one that exists") {
    const auto asked = [](const Check& check) {
        return wire_dns::decode(play(dns, check, {.datagrams = true}).steps.front().bytes)->questions.front();
    };
    Check check = over(Transport::udp);
    CHECK(asked(check) == wire_dns::Question{"update.fortiguard.net", wire_dns::type_a, wire_dns::class_in});
    check.host = "globalsdns.fortinet.net";
    CHECK(asked(check).name == "globalsdns.fortinet.net");
    check.host = "not..a name";
    CHECK(asked(check).name == "update.fortiguard.net");
    check.options["question"] = "www.example.com"s;
    check.options["type"] = "AAAA"s;
    CHECK(asked(check) == wire_dns::Question{"www.example.com", wire_dns::type_aaaa, wire_dns::class_in});
}

TEST_CASE("dns: options that cannot be asked are refused") {
    REQUIRE(dns.description.options.size() == 2);
    const auto question = dns.description.options[0].accepts;
    const auto type = dns.description.options[1].accepts;
    CHECK(question(OptionValue("update.fortiguard.net"s)));
    CHECK_FALSE(question(OptionValue(""s)));
    CHECK_FALSE(question(OptionValue("a..b"s)));
    CHECK_FALSE(question(OptionValue(std::int64_t{1})));
    CHECK(type(OptionValue("A"s)));
    CHECK(type(OptionValue("AAAA"s)));
    CHECK_FALSE(type(OptionValue("TXT"s)));
    CHECK_FALSE(type(OptionValue(true)));
}

TEST_CASE("dns: the seed makes the id, and all of it counts") {
    const auto id_of = [](std::uint64_t seed) {
        return wire_dns::decode(play(dns, over(Transport::udp), {.datagrams = true}, seed).steps[0].bytes)->id;
    };
    CHECK(id_of(0x1234) == 0x1234);
    CHECK(id_of(0x1234) == id_of(0x1234));
    for (unsigned shift = 0; shift < 64; ++shift) CHECK(id_of(0) != id_of(std::uint64_t{1} << shift));
}

TEST_CASE("dns over udp: the answer to the question is an answer") {
    const Finding finding = udp_finding({bytes(answer({"173.243.138.66", "2620:101:9000::1"}))});
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.stage == Stage::exchange);
    CHECK(finding.detail == "update.fortiguard.net is 173.243.138.66, 2620:101:9000::1");
    CHECK(finding.warnings.empty());
    CHECK(udp_finding({bytes(answer({}))}).detail == "NOERROR for update.fortiguard.net, without a record of type A");
    CHECK(udp_finding({bytes(answer({"1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5", "1.1.1.6"}))}).detail ==
          "update.fortiguard.net is 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4 and 2 more");
}

TEST_CASE("dns: the case of a name does not matter") {
    CHECK(udp_finding({bytes(answer({"8.8.8.8"}, 0, "UPDATE.fortiguard.NET"))}).cause == Cause::answered);
}

TEST_CASE("dns: a refusal is the resolver's, by its rcode") {
    const auto of = [](std::uint8_t rcode) { return udp_finding({bytes(answer({}, rcode))}); };
    CHECK(of(wire_dns::rcode_nxdomain).cause == Cause::nxdomain);
    CHECK(of(wire_dns::rcode_nxdomain).owner == Owner::resolver);
    CHECK(of(wire_dns::rcode_nxdomain).detail == "NXDOMAIN for update.fortiguard.net");
    CHECK(of(wire_dns::rcode_servfail).cause == Cause::servfail);
    CHECK(of(wire_dns::rcode_refused).cause == Cause::dns_refused);
    for (const std::uint8_t rcode : {wire_dns::rcode_formerr, wire_dns::rcode_notimp, std::uint8_t{11}}) {
        CHECK(of(rcode).cause == Cause::bad_answer);
        CHECK(of(rcode).owner == Owner::resolver);
    }
}

TEST_CASE("dns: a refusal may leave the question out, an answer may not") {
    wire_dns::Message message = answer({}, wire_dns::rcode_formerr);
    message.questions.clear();
    CHECK(udp_finding({bytes(message)}).cause == Cause::bad_answer);
    message.rcode = wire_dns::rcode_noerror;
    CHECK(udp_finding({bytes(message)}).cause == Cause::no_reply);
}

TEST_CASE("dns over udp: silence is no evidence") {
    const Finding finding = udp_finding({});
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.owner == Owner::unknown);
    CHECK(finding.warnings.empty());
}

TEST_CASE("dns over udp: what does not fit the question is waited past") {
    wire_dns::Message wrong_id = answer({"6.6.6.6"});
    wrong_id.id = id + 1;
    const wire_dns::Message wrong_question = answer({"6.6.6.6"}, 0, "example.com");
    wire_dns::Message wrong_type = answer({"6.6.6.6"});
    wrong_type.questions[0].type = wire_dns::type_aaaa;
    wire_dns::Message wrong_opcode = answer({"6.6.6.6"});
    wrong_opcode.opcode = 4;
    const std::vector<std::string> noise{bytes(wrong_id), bytes(wrong_question), bytes(wrong_type),
                                         bytes(wrong_opcode)};
    const Finding nothing_else = udp_finding(noise);
    CHECK(nothing_else.cause == Cause::no_reply);
    REQUIRE(nothing_else.warnings.size() == 1);
    CHECK(nothing_else.warnings[0] == "Datagrams that do not belong to the question came and were ignored: 4.");
    auto then_right = noise;
    then_right.push_back(bytes(answer({"8.8.8.8"})));
    const Finding finding = udp_finding(then_right);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.detail == "update.fortiguard.net is 8.8.8.8");
    CHECK(finding.warnings.size() == 1);
}

TEST_CASE("dns over udp: at most 16 datagrams are waited for") {
    const Played played =
        play(dns, over(Transport::udp), {.pieces = std::vector<std::string>(100, "noise"), .datagrams = true});
    CHECK(played.finished);
    CHECK(played.steps.size() == 1 + 16 + 1);
}

TEST_CASE("dns over udp: after the answer a second one is waited for, not long") {
    const Played played =
        play(dns, over(Transport::udp), {.pieces = {"noise", bytes(answer({"8.8.8.8"}))}, .datagrams = true});
    REQUIRE(played.steps.size() == 5);
    CHECK(played.steps[1].wait.count() == 0);
    CHECK(played.steps[2].wait.count() == 0);
    CHECK(played.steps[3].wait == std::chrono::milliseconds(250));
    CHECK(played.steps[4].kind == Step::Kind::finish);
}

TEST_CASE("dns over udp: two different answers to one question mean that somebody else answers too") {
    const std::string first = bytes(answer({"8.8.8.8", "8.8.4.4"}));
    const Finding finding = udp_finding({first, bytes(answer({"9.9.9.9"}))});
    CHECK(finding.cause == Cause::dns_rewritten);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.owner == Owner::network);
    CHECK(finding.detail == "one question was answered twice: first 8.8.8.8, 8.8.4.4, then 9.9.9.9");
    CHECK(udp_finding({first, bytes(answer({}, wire_dns::rcode_nxdomain))}).cause == Cause::dns_rewritten);
    CHECK(udp_finding({first, bytes(answer({}))}).detail ==
          "one question was answered twice: first 8.8.8.8, 8.8.4.4, then no address");
    // The same in another order, and younger: nothing is said.
    wire_dns::Message again = answer({"8.8.4.4", "8.8.8.8"});
    again.answers[0].ttl = 7;
    CHECK(udp_finding({first, bytes(again)}).cause == Cause::answered);
    CHECK(udp_finding({first, bytes(again)}).warnings.empty());
}

TEST_CASE("dns over udp: a repeated question may be answered again, and otherwise") {
    const Check check = over(Transport::udp);
    Attempt attempt =
        play(dns, check, {.pieces = {bytes(answer({"8.8.8.8"})), bytes(answer({"9.9.9.9"}))}, .datagrams = true})
            .attempt;
    attempt.evidence.insert(attempt.evidence.begin() + 2, attempt.evidence[1]);
    REQUIRE(attempt.evidence[2].what == What::sent);
    const Finding finding = dns.judge(check, attempt);
    CHECK(finding.cause == Cause::answered);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(finding.warnings[0] == "The answers to the repeated question differ: first 8.8.8.8, then 9.9.9.9.");
}

TEST_CASE("dns over udp: a private address is no answer to a public question") {
    for (const char* address : {"10.1.2.3", "127.0.0.1", "0.0.0.0", "192.168.1.1", "fd00::1"}) {
        const Finding finding = udp_finding({bytes(answer({"8.8.8.8", address}))});
        CHECK(finding.cause == Cause::dns_sinkhole);
        CHECK(finding.confidence == Confidence::likely);
        CHECK(finding.owner == Owner::resolver);
        CHECK(finding.detail == "update.fortiguard.net was answered with "s + address + ", which no public name has");
    }
    const Finding block_page = udp_finding({bytes(answer({"10.0.0.1", "208.91.112.55"}))});
    CHECK(block_page.cause == Cause::dns_sinkhole);
    CHECK(block_page.confidence == Confidence::proven);
    CHECK(holds(block_page.detail, "208.91.112.55"));
}

TEST_CASE("dns: a private address is an answer to a private question") {
    const auto cause = [](Check check, const std::string& name) {
        return udp_finding({bytes(answer({"10.1.2.3"}, 0, name))}, check).cause;
    };
    Check check = over(Transport::udp);
    check.host = "dns.branch17.net";
    CHECK(cause(check, check.host) == Cause::dns_sinkhole);
    check.public_name = false;
    CHECK(cause(check, check.host) == Cause::answered);
    for (const char* name : {"files.corp", "printer", "x.home.arpa", "www.example", "host.internal.", "A.LOCAL"}) {
        INFO(name);
        check.options["question"] = std::string(name);
        CHECK(cause(check, name) == Cause::answered);
    }
    check.options["question"] = "www.google.com"s;
    CHECK(cause(check, "www.google.com") == Cause::dns_sinkhole);
}

TEST_CASE("dns over udp: an answer from elsewhere is only likely one") {
    const Check check = over(Transport::udp);
    Attempt attempt = play(dns, check, {.pieces = {bytes(answer({"8.8.8.8"}))}, .datagrams = true}).attempt;
    for (Event& event : attempt.evidence)
        if (event.what == What::received) event.from = Address::parse("192.0.2.9");
    const Finding finding = dns.judge(check, attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(holds(finding.warnings[0], "192.0.2.9"));
    // The asked server's own word goes before it.
    attempt.evidence.push_back(event_of(What::received, bytes(answer({"9.9.9.9"}))));
    CHECK(dns.judge(check, attempt).detail == "update.fortiguard.net is 9.9.9.9");
}

TEST_CASE("dns over udp: what is not DNS is malformed") {
    const Finding finding = udp_finding({"garbage"});
    CHECK(finding.cause == Cause::dns_malformed);
    CHECK(finding.owner == Owner::resolver);
    CHECK(finding.detail == "7 bytes are fewer than a header has");
    CHECK(udp_finding({""}).cause == Cause::dns_malformed);
    const Finding both = udp_finding({"garbage", bytes(answer({"8.8.8.8"}))});
    CHECK(both.cause == Cause::answered);
    REQUIRE(both.warnings.size() == 1);
    CHECK(holds(both.warnings[0], "not DNS"));
}

TEST_CASE("dns: the question itself is no answer") {
    const std::string query = *wire_dns::encode_query(id, "update.fortiguard.net", wire_dns::type_a);
    CHECK(udp_finding({query}).cause == Cause::wrong_protocol);
    CHECK(tcp_finding(wire_dns::frame(query)).cause == Cause::wrong_protocol);
}

TEST_CASE("dns over udp: an answer that was cut is one, with a warning") {
    wire_dns::Message message = answer({"8.8.8.8"});
    message.truncated = true;
    const Finding finding = udp_finding({bytes(message) + "xy"});
    CHECK(finding.cause == Cause::answered);
    REQUIRE(finding.warnings.size() == 2);
    CHECK(finding.warnings[0] == "2 bytes follow the end of the answer.");
    CHECK(finding.warnings[1] == "The answer was cut to fit a datagram; all of it needs TCP.");
}

TEST_CASE("dns over tcp: every split of the stream is read the same") {
    const std::string stream = wire_dns::frame(bytes(answer({"173.243.138.66"})));
    for_every_split(stream, [&](const std::vector<std::string>& pieces) {
        const Check check = over(Transport::tcp);
        const Played played = play(dns, check, {.pieces = pieces});
        CHECK(played.finished);
        CHECK(played.steps.size() == 1 + pieces.size() + 1);
        CHECK(dns.judge(check, played.attempt).detail == "update.fortiguard.net is 173.243.138.66");
    });
}

TEST_CASE("dns over tcp: an answer that ends anywhere is none") {
    const std::string stream = wire_dns::frame(bytes(answer({"173.243.138.66"})));
    for (const bool closes : {true, false}) {
        CHECK(tcp_finding("", closes).cause == Cause::no_answer);
        for (std::size_t size = 1; size < stream.size(); ++size) {
            const Finding finding = tcp_finding(stream.substr(0, size), closes);
            CHECK(finding.cause == Cause::bad_answer);
            CHECK(holds(finding.detail, "the answer ended after " + std::to_string(size)));
        }
        CHECK(tcp_finding(stream, closes).cause == Cause::answered);
    }
}

TEST_CASE("dns over tcp: a failure at any step ends the dialogue, and a judge can read what is left") {
    const std::string stream = wire_dns::frame(bytes(answer({"173.243.138.66"})));
    const Check check = over(Transport::tcp);
    for (std::size_t step = 0; step < 3; ++step) {
        const Played played =
            play(dns, check, {.pieces = {stream.substr(0, 1), stream.substr(1)}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(dns.judge(check, played.attempt).cause != Cause::answered);
    }
}

TEST_CASE("dns over tcp: who did not answer is said as far as it is known") {
    const Check check = over(Transport::tcp);
    const auto owner = [&](const Event& end) {
        Attempt attempt;
        attempt.evidence = {event_of(What::sent, "x"), end};
        const Finding finding = dns.judge(check, attempt);
        CHECK(finding.cause == Cause::no_answer);
        CHECK_FALSE(finding.detail.empty());
        return finding.owner;
    };
    CHECK(owner(event_of(What::silent, "", 3500, 1)) == Owner::service);
    CHECK(owner(event_of(What::silent, "", 3500, 0)) == Owner::network);
    CHECK(owner(event_of(What::silent, "", 3500, -1)) == Owner::unknown);
    CHECK(owner(event_of(What::closed)) == Owner::service);
    CHECK(owner(event_of(What::reset)) == Owner::service);
    CHECK(owner(event_of(What::cancelled)) == Owner::unknown);
}

TEST_CASE("dns over tcp: another protocol is named") {
    const Finding finding = tcp_finding("HTTP/1.1 400 Bad Request\r\n\r\n", true);
    CHECK(finding.cause == Cause::wrong_protocol);
    CHECK(finding.detail == "it said 'HTTP/1.1 400 Bad Request'");
    CHECK(tcp_finding("\x00\x05\x99\x99zzz"s).cause == Cause::wrong_protocol);
}

TEST_CASE("dns over tcp: a message that breaks off inside its frame is malformed") {
    const std::string message = bytes(answer({"173.243.138.66"}));
    const Finding finding = tcp_finding(wire_dns::frame(message.substr(0, message.size() - 1)));
    CHECK(finding.cause == Cause::dns_malformed);
    CHECK(finding.owner == Owner::resolver);
    CHECK(finding.detail == "a record at byte 39 runs past the end");
    CHECK(tcp_finding("\x00\x00"s).cause == Cause::dns_malformed);
}

TEST_CASE("dns over tcp: an answer to something else is a bad one") {
    wire_dns::Message message = answer({"8.8.8.8"});
    message.id = id + 1;
    CHECK(tcp_finding(wire_dns::frame(bytes(message))).cause == Cause::bad_answer);
    CHECK(tcp_finding(wire_dns::frame(bytes(answer({"8.8.8.8"}, 0, "example.com")))).cause == Cause::bad_answer);
}

TEST_CASE("dns over tcp: the largest frame is read to its end and no further") {
    const std::string stream = wire_dns::frame(std::string(wire_dns::largest_message, 'x'));
    const Played played = play(dns, over(Transport::tcp), {.pieces = {stream + "more"}});
    CHECK(played.finished);
    CHECK(played.attempt.received_bytes() == stream);
    for (const Step& step : played.steps) CHECK(step.limit <= 4096);
}

TEST_CASE("dns: without a record of the question no answer is believed") {
    Attempt attempt;
    attempt.evidence = {event_of(What::received, wire_dns::frame(bytes(answer({"8.8.8.8"}))))};
    CHECK(dns.judge(over(Transport::tcp), attempt).cause == Cause::internal);
    CHECK(dns.judge(over(Transport::udp), attempt).cause == Cause::internal);
}
