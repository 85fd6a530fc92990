#include "judge/changes.hpp"

#include <utility>

#include "catch.hpp"
#include "judge/conclude.hpp"
#include "judge/further.hpp"
#include "probes/finding.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

/// A service's judge that found nothing in what it was asked.
Finding nothing_came(const Check&, const Attempt& attempt) { return probes::unanswered(attempt); }

std::vector<Change> wanted(const Attempt& attempt, Check check = check_of()) {
    CheckResult result;
    check.trust.fortinet = true;
    result.check = check;
    result.attempts.push_back(attempt);
    result.conclusion = judge::conclude_with(nothing_came, result.check, result.attempts);
    // Whatever is said of the way: these do not depend on it.
    CHECK(judge::further_evidence(result, judge::Locate::never, {}).changes == judge::wants_changes(result));
    return judge::wants_changes(result);
}

Trace greeted(std::int32_t size = 358, std::string name = "update.fortiguard.net") {
    return Trace::to().connect().add(Stage::tls, What::tls_start, size, 0, std::move(name));
}

using Changes = std::vector<Change>;

}  // namespace

TEST_CASE("a greeting that gets no answer is sent with other names") {
    const Changes names_and_again{Change::other_name, Change::no_name, Change::unchanged};
    CHECK(wanted(greeted().add(Stage::tls, What::reset, ECONNRESET)) == names_and_again);
    CHECK(wanted(greeted().add(Stage::tls, What::closed)) == names_and_again);
    const Changes names_and_size{Change::other_name, Change::no_name, Change::small_segments};
    for (const int acknowledged : {0, 1, -1})
        CHECK(wanted(greeted().add(Stage::tls, What::silent, 3500, acknowledged)) == names_and_size);
    // Where none was sent, there is none to leave out.
    CHECK(wanted(greeted(320, "").add(Stage::tls, What::closed)) == Changes{Change::other_name, Change::unchanged});
}

TEST_CASE("a greeting that fits into a small segment is not sent in several") {
    CHECK(wanted(greeted(judge::small_segment).add(Stage::tls, What::silent, 3500, 0)) ==
          Changes{Change::other_name, Change::no_name});
    // Its answer may be larger.
    CHECK(wanted(greeted(judge::small_segment).add(Stage::tls, What::silent, 3500, 1)).size() == 3);
}

TEST_CASE("what came after an answer has nothing to do with the greeting") {
    CHECK(wanted(greeted().tls(fortinet_facts()).add(Stage::tls, What::silent, 3500, 1)).empty());
    CHECK(wanted(greeted().tls(fortinet_facts()).add(Stage::tls, What::reset, ECONNRESET)).empty());
    CHECK(wanted(greeted().add(Stage::tls, What::tls_alert_received, 40)).empty());
    CHECK(wanted(greeted().handshake(fortinet_facts()).send().receive()).empty());
}

TEST_CASE("a request that is never acknowledged is sent in small segments") {
    const auto silent = [](std::int32_t size, std::int32_t acknowledged) {
        return Trace::to()
            .connect()
            .add(Stage::exchange, What::sent, size, 0, "GET")
            .add(Stage::exchange, What::silent, 3500, acknowledged);
    };
    CHECK(wanted(silent(600, 0)) == Changes{Change::small_segments});
    CHECK(wanted(silent(600, 1)).empty());
    CHECK(wanted(silent(judge::small_segment, 0)).empty());
    CHECK(wanted(Trace::to().connect().send().add(Stage::exchange, What::reset, ECONNRESET)).empty());
    // Inside TLS the greeting was as large, and got through.
    CHECK(wanted(greeted()
                     .handshake(fortinet_facts())
                     .add(Stage::exchange, What::sent, 600)
                     .add(Stage::exchange, What::silent, 3500, 0))
              .empty());
}

TEST_CASE("a certificate that is out of date has the server asked for the time") {
    TlsFacts old = fortinet_facts();
    old.chain[0].not_after = seen_at - std::chrono::days(1);
    CHECK(wanted(Trace::to().connect().handshake(old)) == Changes{Change::http_date});
    TlsFacts early = fortinet_facts();
    early.chain[0].not_before = seen_at + std::chrono::days(1);
    CHECK(wanted(Trace::to().connect().handshake(early)) == Changes{Change::http_date});
    // A mail server is not asked for a web server's answer.
    CHECK(wanted(Trace::to().connect().receive("220 mail\r\n").send("STARTTLS\r\n").handshake(old)).empty());
}

TEST_CASE("nothing is tried again where there is nothing to learn, or nowhere to go") {
    CHECK(wanted(Trace::to().fail(ECONNREFUSED)).empty());
    CHECK(wanted(Trace::to().start().add(Stage::connect, What::connect_timeout, 2, 3500)).empty());
    Attempt nowhere = greeted().add(Stage::tls, What::closed);
    nowhere.destination.reset();
    CHECK(wanted(nowhere).empty());
    CheckResult none;
    none.check = check_of();
    none.conclusion = judge::conclude_with(content, none.check, none.attempts);
    CHECK(judge::wants_changes(none).empty());
}
