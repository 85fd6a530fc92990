#include "probes/smtp.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/smtp.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;

namespace {

/// RFC 5321, appendix D.1, with STARTTLS.
const std::string greeting = "220 foo.com Simple Mail Transfer Service Ready\r\n";
const std::string ehlo_reply = "250-foo.com greets bar.com\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 HELP\r\n";
const std::string plain_reply = "250-foo.com greets bar.com\r\n250 8BITMIME\r\n";
const std::string parting = "221 foo.com Service closing transmission channel\r\n";

Check smtp_check(std::uint16_t port = 25) { return check_of("smtp", Transport::tcp, port, "mail.example"); }

Finding finding_of(std::vector<std::string> pieces, bool closes = true) {
    return judged(smtp, smtp_check(), {.pieces = std::move(pieces), .closes = closes});
}

std::vector<std::string> sent_in(const Played& played) {
    std::vector<std::string> sent;
    for (const Step& step : played.steps)
        if (step.kind == Step::Kind::send) sent.push_back(step.bytes);
    return sent;
}

const std::vector<std::string> greets_and_parts{"EHLO fdnprobe.invalid\r\n", "QUIT\r\n"};

}  // namespace

TEST_CASE("smtp: it listens first, then greets, then parts") {
    const Played played = play(smtp, smtp_check(), {.pieces = {greeting, ehlo_reply, parting}, .closes = true});
    CHECK(played.finished);
    CHECK(played.steps[0].kind == Step::Kind::receive);
    CHECK(sent_in(played) == greets_and_parts);
    const Finding finding = smtp.judge(smtp_check(), played.attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.stage == Stage::exchange);
    CHECK(finding.detail == "it greets as 'foo.com Simple Mail Transfer Service Ready' and offers STARTTLS");
    CHECK(finding.warnings.empty());
}

TEST_CASE("smtp: that STARTTLS is not offered is said") {
    CHECK(finding_of({greeting, plain_reply, parting}).detail ==
          "it greets as 'foo.com Simple Mail Transfer Service Ready' and does not offer STARTTLS");
    CHECK(finding_of({"220\r\n", "250\r\n", parting}).detail ==
          "it greets with a bare 220 and does not offer STARTTLS");
}

TEST_CASE("smtp: every split of each reply is read the same") {
    const auto good = [&](const std::vector<std::string>& pieces) {
        const Played played = play(smtp, smtp_check(), {.pieces = pieces});
        CHECK(played.finished);
        CHECK(sent_in(played) == greets_and_parts);
        CHECK(smtp.judge(smtp_check(), played.attempt).cause == Cause::answered);
    };
    for_every_split(greeting, [&](std::vector<std::string> pieces) {
        pieces.insert(pieces.end(), {ehlo_reply, parting});
        good(pieces);
    });
    for_every_split(ehlo_reply, [&](std::vector<std::string> pieces) {
        pieces.insert(pieces.begin(), greeting);
        pieces.push_back(parting);
        good(pieces);
    });
    for_every_split(parting, [&](std::vector<std::string> pieces) {
        pieces.insert(pieces.begin(), {greeting, ehlo_reply});
        good(pieces);
    });
}

TEST_CASE("smtp: a failure at any step before the answer is no pass") {
    for (std::size_t step = 0; step < 5; ++step) {
        INFO(step);
        const Played played =
            play(smtp, smtp_check(), {.pieces = {greeting, ehlo_reply, parting}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        const Cause cause = smtp.judge(smtp_check(), played.attempt).cause;
        CHECK(cause == (step == 0 ? Cause::no_banner : step < 3 ? Cause::no_answer : Cause::answered));
    }
}

TEST_CASE("smtp: the answer counts, however the parting goes") {
    for (const bool closes : {true, false}) {
        CHECK(finding_of({greeting, ehlo_reply}, closes).cause == Cause::answered);
        CHECK(finding_of({greeting, ehlo_reply, "nonsense"}, closes).cause == Cause::answered);
    }
    const Played played = play(smtp, smtp_check(), {.pieces = {greeting, ehlo_reply}});
    CHECK(played.steps[played.steps.size() - 2].wait == std::chrono::seconds(1));
}

TEST_CASE("smtp: silence is no banner") {
    const Played played = play(smtp, smtp_check(), {});
    CHECK(played.finished);
    CHECK(sent_in(played).empty());
    const Finding finding = smtp.judge(smtp_check(), played.attempt);
    CHECK(finding.cause == Cause::no_banner);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.detail == "nothing came in 3.5 s");
    CHECK(finding_of({}).detail == "the connection was closed instead");
}

TEST_CASE("smtp: a greeting that ends anywhere is none") {
    for (const bool closes : {true, false})
        for (std::size_t size = 1; size < greeting.size(); ++size)
            CHECK(finding_of({greeting.substr(0, size)}, closes).cause == Cause::bad_answer);
    for (std::size_t size = 1; size < ehlo_reply.size(); ++size)
        CHECK(finding_of({greeting, ehlo_reply.substr(0, size)}).cause == Cause::bad_answer);
}

TEST_CASE("smtp: no answer to EHLO is none") {
    CHECK(finding_of({greeting}, true).cause == Cause::no_answer);
    CHECK(finding_of({greeting}, false).cause == Cause::no_answer);
    CHECK(finding_of({greeting, "502 unknown\r\n"}).cause == Cause::no_answer);
}

TEST_CASE("smtp: a greeting that refuses is quoted, and QUIT is said") {
    for (const char* code : {"554", "550", "521", "421", "450"}) {
        const std::string refusal = code + "-no service\r\n"s + code + " for \x1B[1m192.0.2.1\r\n";
        const Played played = play(smtp, smtp_check(), {.pieces = {refusal, parting}, .closes = true});
        CHECK(played.finished);
        CHECK(sent_in(played) == std::vector<std::string>{"QUIT\r\n"});
        const Finding finding = smtp.judge(smtp_check(), played.attempt);
        CHECK(finding.cause == Cause::service_denied);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.owner == Owner::service);
        CHECK(finding.detail == "it said '" + std::string(code) + " no service for \\x1b[1m192.0.2.1'");
    }
}

TEST_CASE("smtp: the word that this host is on a block list is a refusal, with a code or without") {
    const std::string words = "192.0.2.1 is blocklisted by FortiGuard. This email from IP has been rejected";
    for (const std::string& line : {words, "220 " + words, "554 " + words}) {
        const std::string banner = line + "\r\n";
        for_every_split(banner, [&](const std::vector<std::string>& pieces) {
            const Finding finding = finding_of(pieces);
            CHECK(finding.cause == Cause::service_denied);
            CHECK(finding.owner == Owner::service);
            CHECK(finding.detail.find("is blocklisted by FortiGuard") != std::string::npos);
        });
        CHECK(finding_of({line}).cause == Cause::service_denied);
    }
    CHECK(finding_of({words}).confidence == Confidence::likely);
    CHECK(finding_of({words + "\r\n"}).detail == "it said '" + words + "'");
    CHECK(finding_of({"220 " + words + "\r\n", ehlo_reply, parting}).confidence == Confidence::likely);
    CHECK(finding_of({"554 " + words + "\r\n"}).confidence == Confidence::proven);
    CHECK(finding_of({greeting, "550 You are listed in zen.example\r\n"}).confidence == Confidence::proven);
    CHECK(finding_of({greeting, "250 mail.example; 192.0.2.1 has been blacklisted\r\n"}).cause ==
          Cause::service_denied);
    // A notice to everybody is not about this host.
    CHECK(finding_of({"220 mail.example ESMTP; blacklisted hosts will be turned away\r\n", ehlo_reply}).cause ==
          Cause::answered);
}

TEST_CASE("smtp: words of another protocol are waited for to their line's end, and no further") {
    const Played played = play(smtp, smtp_check(), {.pieces = {"SSH", "-2.0-x\r\n", "more"}});
    CHECK(played.finished);
    CHECK(sent_in(played).empty());
    CHECK(played.attempt.received_bytes() == "SSH-2.0-x\r\n");
    const Played endless = play(smtp, smtp_check(), {.pieces = {std::string(9'999, 'x')}});
    CHECK(endless.finished);
    CHECK(endless.attempt.received_bytes().size() <= wire::smtp::largest_reply);
    std::vector<std::string> dribble(9'999, "x");
    CHECK(play(smtp, smtp_check(), {.pieces = std::move(dribble)}).attempt.received_bytes().size() == 1024);
}

TEST_CASE("smtp: another protocol is named, escaped") {
    for (const char* banner : {"SSH-2.0-\x1B]0;x\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "+OK POP3\r\n",
                               "* OK IMAP4rev1\r\n", "\x15\x03\x01\x02\x02F", "\n"}) {
        const Finding finding = finding_of({banner});
        CHECK(finding.cause == Cause::wrong_protocol);
        CHECK(finding.confidence == Confidence::likely);
    }
    CHECK(finding_of({"SSH-2.0-\x1B]0;x\r\n"}).detail == "it said 'SSH-2.0-\\x1b]0;x'");
}

TEST_CASE("smtp: a greeting that SMTP does not have is a bad answer") {
    CHECK(finding_of({"250 ready\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({"354 go ahead\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({"100 x\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({"220-a\r\n221 b\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({"220 " + std::string(20'000, 'x')}, false).cause == Cause::bad_answer);
}

TEST_CASE("smtp: whoever speaks out of turn is not answering") {
    const Played played = play(smtp, smtp_check(), {.pieces = {greeting + ehlo_reply}});
    CHECK(played.finished);
    CHECK(sent_in(played).empty());
    CHECK(smtp.judge(smtp_check(), played.attempt).cause == Cause::bad_answer);
    // RFC 5321, 3.8: a server may have to go at any time, and says so.
    const Finding finding = finding_of({greeting + "421 too many connections\r\n"});
    CHECK(finding.cause == Cause::service_denied);
    CHECK(finding.detail == "it said '421 too many connections'");
}

TEST_CASE("smtp: what comes in place of the answer to EHLO is a bad answer") {
    CHECK(finding_of({greeting, "EHLO fdnprobe.invalid\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({greeting, "354 go ahead\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({greeting, "221 bye\r\n"}).cause == Cause::bad_answer);
    CHECK(finding_of({greeting, ehlo_reply + ehlo_reply}).cause == Cause::bad_answer);
}

TEST_CASE("smtp: an old server is greeted in the old way") {
    for (const char* unknown : {"500 what?\r\n", "502 not here\r\n"}) {
        const Played played =
            play(smtp, smtp_check(), {.pieces = {greeting, unknown, "250-foo.com\r\n250 STARTTLS\r\n", parting}});
        CHECK(sent_in(played) ==
              std::vector<std::string>{"EHLO fdnprobe.invalid\r\n", "HELO fdnprobe.invalid\r\n", "QUIT\r\n"});
        const Finding finding = smtp.judge(smtp_check(), played.attempt);
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.detail.ends_with("and does not offer STARTTLS"));
        // RFC 5321, 4.5.1: no server of SMTP does without HELO.
        CHECK(finding_of({greeting, unknown, unknown}).cause == Cause::wrong_protocol);
    }
}

TEST_CASE("smtp: FTP greets in the same way and is told apart by its answer") {
    CHECK(finding_of({"220 (vsFTPd 3.0.3)\r\n", "530 Please login with USER and PASS.\r\n"}).cause ==
          Cause::wrong_protocol);
    CHECK(finding_of({"220 ProFTPD\r\n", "500 EHLO not understood\r\n", "500 HELO not understood\r\n"}).cause ==
          Cause::wrong_protocol);
}

TEST_CASE("smtp: a server that does not take the name has answered") {
    for (const char* refusal : {"501 5.5.4 Invalid domain name\r\n", "504 need a name that resolves\r\n"}) {
        const Finding finding = finding_of({greeting, refusal, parting});
        CHECK(finding.cause == Cause::answered);
        REQUIRE(finding.warnings.size() == 1);
        CHECK(finding.warnings[0].find("fdnprobe.invalid") != std::string::npos);
    }
}

TEST_CASE("smtp: a refused EHLO is a refusal, and how sure that is depends on its words") {
    const Finding sure = finding_of({greeting, "550 5.7.1 go away\r\n", parting});
    CHECK(sure.cause == Cause::service_denied);
    CHECK(sure.confidence == Confidence::likely);
    CHECK(sure.detail == "it answers EHLO with '550 5.7.1 go away'");
    CHECK(finding_of({greeting, "421 busy\r\n"}).cause == Cause::service_denied);
    for (const char* refusal : {"450 4.7.1 <fdnprobe.invalid>: Host not found\r\n", "550 Invalid HELO name\r\n"}) {
        const Finding unsure = finding_of({greeting, refusal, parting});
        CHECK(unsure.cause == Cause::service_denied);
        CHECK(unsure.confidence == Confidence::possible);
        CHECK(unsure.detail.ends_with("perhaps for the name that fdnprobe greets with"));
    }
}

TEST_CASE("smtp: TLS comes first on port 465, and where the table says so") {
    const auto first_step = [](const Check& check) { return play(smtp, check, {}).steps[0].kind; };
    CHECK(first_step(smtp_check()) == Step::Kind::receive);
    CHECK(first_step(smtp_check(465)) == Step::Kind::start_tls);
    Check moved = smtp_check();
    moved.dial_port = 465;
    CHECK(first_step(moved) == Step::Kind::start_tls);
    moved.options["tls"] = false;
    CHECK(first_step(moved) == Step::Kind::receive);
    Check chosen = smtp_check();
    chosen.options["tls"] = true;
    CHECK(first_step(chosen) == Step::Kind::start_tls);

    const Played played = play(smtp, chosen, {.pieces = {greeting, plain_reply, parting}});
    CHECK(sent_in(played) == greets_and_parts);
    const Finding finding = smtp.judge(chosen, played.attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.detail == "it greets as 'foo.com Simple Mail Transfer Service Ready'");
    CHECK(judged(smtp, chosen, {}).cause == Cause::no_banner);
}

TEST_CASE("smtp: its option is a truth value") {
    const auto accepts = smtp.description.options[0].accepts;
    CHECK(accepts(OptionValue(true)));
    CHECK_FALSE(accepts(OptionValue("true"s)));
    CHECK_FALSE(accepts(OptionValue(std::int64_t{1})));
}
