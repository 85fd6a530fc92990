#include "judge/clock.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "catch.hpp"
#include "judge/conclude.hpp"
#include "judge/time_witness.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

std::string date(sys_seconds time) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    constexpr std::array names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", names[std::chrono::weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

/// A web server's answer, at its own time.
std::string answer_at(sys_seconds time, const std::string& more = {}) {
    return "HTTP/1.1 200 OK\r\nDate: " + date(time) + "\r\n" + more + "Content-Length: 0\r\n\r\n";
}

/// A run whose clock says `seen_at`.
class Run {
  public:
    Run() { report_.started = seen_at; }

    Run& add(const std::string& host, Attempt attempt, const char* address = nullptr) {
        CheckResult& result = report_.checks.emplace_back();
        result.check = check_of("TCP/443", host);
        result.check.trust.public_ca = true;
        if (address != nullptr) attempt.destination->address = ip(address);
        result.attempts.push_back(std::move(attempt));
        result.conclusion = judge::conclude_with(content, result.check, result.attempts);
        return *this;
    }
    /// An answer of another host, which tells its time.
    Run& told(const std::string& host, seconds ahead, const char* address, const std::string& more = {}) {
        return add(host, Trace::to().connect().send().receive(answer_at(seen_at + ahead, more)), address);
    }
    Run& certified(const std::string& host, const std::string& issuer, days from, days until) {
        TlsFacts facts = public_facts();
        facts.chain[0] = certificate(host, issuer);
        facts.chain[0].not_before = seen_at + from;
        facts.chain[0].not_after = seen_at + until;
        return add(host, Trace::to().connect().handshake(std::move(facts)), "198.18.7.7");
    }
    Conclusion first() {
        judge::relate_clock(report_);
        return report_.checks.front().conclusion;
    }
    [[nodiscard]] Report& report() { return report_; }

  private:
    Report report_;
};

TlsFacts valid(days from, days until) {
    TlsFacts facts = public_facts();
    facts.chain[0].not_before = seen_at + from;
    facts.chain[0].not_after = seen_at + until;
    return facts;
}

/// Its certificate ended ten days before the time that this host's clock shows.
Run expired() {
    Run run;
    run.add("update.fortiguard.net", Trace::to().connect().handshake(valid(days(-400), days(-10))));
    return run;
}

/// Its certificate begins ten days later.
Run early() {
    Run run;
    run.add("update.fortiguard.net", Trace::to().connect().handshake(valid(days(10), days(400))));
    return run;
}

Comparison asked_for_time(const std::string& answer) {
    Comparison comparison;
    comparison.change = Change::http_date;
    comparison.attempt = Trace::to().connect().handshake(public_facts()).send("HEAD").receive(answer);
    return comparison;
}

/// The server that has the certificate was asked itself.
Run& ask_itself(Run& run, seconds ahead) {
    run.report().checks[0].attempts[0].comparisons.push_back(asked_for_time(answer_at(seen_at + ahead)));
    return run;
}

}  // namespace

TEST_CASE("without a witness either may be wrong, and that is said") {
    const Conclusion ended = expired().first();
    CHECK(ended.cause == Cause::certificate_expired);
    CHECK(ended.owner == Owner::service);
    CHECK(ended.confidence == Confidence::likely);
    CHECK_THAT(ended.summary, says("this host's clock says") && says("nobody told the time in this run"));
    const Conclusion future = early().first();
    CHECK(future.cause == Cause::certificate_not_yet_valid);
    CHECK(future.owner == Owner::this_host);
    CHECK(future.confidence == Confidence::likely);
    CHECK_THAT(future.summary, says("nobody told the time in this run"));
}

TEST_CASE("another host's clock by which the certificate is in order") {
    const Conclusion ended = expired().told("www.example.net", -days(20), "198.18.9.9").first();
    CHECK(ended.cause == Cause::certificate_expired);
    CHECK(ended.owner == Owner::this_host);
    CHECK(ended.confidence == Confidence::likely);
    CHECK_THAT(ended.summary, says("www.example.net says that it is") && says("this host's clock is 20 days ahead"));
    REQUIRE(ended.advice);
    CHECK_THAT(*ended.advice, says("Set this host's clock") && says("UDP/123"));
    const Conclusion future = early().told("www.example.net", days(300), "198.18.9.9").first();
    CHECK(future.owner == Owner::this_host);
    CHECK_THAT(future.summary, says("this host's clock is 300 days behind"));
    // A second one that says the same proves it; one that says something else does not.
    CHECK(expired()
              .told("www.example.net", -days(20), "198.18.9.9")
              .told("www.example.org", -days(20) + minutes(2), "198.18.9.8")
              .first()
              .confidence == Confidence::proven);
    CHECK(expired()
              .told("www.example.net", -days(20), "198.18.9.9")
              .told("www.example.org", -days(30), "198.18.9.8")
              .first()
              .confidence == Confidence::likely);
}

TEST_CASE("another host's clock that agrees with this one") {
    const Conclusion ended = expired().told("www.example.net", seconds(2), "198.18.9.9").first();
    CHECK(ended.owner == Owner::vendor);
    CHECK(ended.confidence == Confidence::proven);
    CHECK_THAT(ended.summary, says("this host's clock agrees with that of www.example.net"));
    REQUIRE(ended.advice);
    CHECK_THAT(*ended.advice, says("renewed by whoever runs the service"));
    CHECK(early().told("www.example.net", seconds(-2), "198.18.9.9").first().owner == Owner::vendor);
    // An hour does not save the certificate, but is no agreement.
    const Conclusion apart = expired().told("www.example.net", hours(-3), "198.18.9.9").first();
    CHECK(apart.owner == Owner::vendor);
    CHECK(apart.confidence == Confidence::likely);
    CHECK_THAT(apart.summary, says("3 hours ahead of that of www.example.net"));
}

TEST_CASE("witnesses that contradict each other settle nothing") {
    const Conclusion ended = expired()
                                 .told("www.example.net", seconds(0), "198.18.9.9")
                                 .told("www.example.org", -days(20), "198.18.9.8")
                                 .first();
    CHECK(ended.cause == Cause::certificate_expired);
    CHECK(ended.owner == Owner::unknown);
    CHECK(ended.confidence == Confidence::possible);
    CHECK_THAT(ended.summary, says("do not agree"));
}

TEST_CASE("the very server whose certificate it is, is a weaker witness") {
    Run agrees = expired();
    const Conclusion ended = ask_itself(agrees, seconds(1)).first();
    CHECK(ended.owner == Owner::vendor);
    CHECK(ended.confidence == Confidence::likely);
    CHECK_THAT(ended.summary, says("by the server's own clock"));
    Run differs = expired();
    const Conclusion open = ask_itself(differs, -days(20)).first();
    CHECK(open.owner == Owner::unknown);
    CHECK(open.confidence == Confidence::possible);
    CHECK_THAT(open.summary, says("the server itself says") && says("20 days ahead"));
    // Another name at the same address is the same server.
    const Conclusion same = expired().told("other.example", -days(20), "198.18.0.80").first();
    CHECK(same.confidence == Confidence::possible);
    // And it is not heard where there is somebody else.
    Run both = expired();
    both.told("www.example.net", seconds(0), "198.18.9.9");
    CHECK(ask_itself(both, -days(20)).first().confidence == Confidence::proven);
}

TEST_CASE("a copy of an answer says how old it is") {
    CHECK(expired().told("www.example.net", -days(20), "198.18.9.9", "Age: 1728000\r\n").first().owner ==
          Owner::vendor);
    CHECK_THAT(expired().told("www.example.net", -days(20), "198.18.9.9", "Age: many\r\n").first().summary,
               says("nobody told the time"));
}

TEST_CASE("answers that tell no time are no witnesses") {
    const auto with = [](const std::string& answer) {
        Run run = expired();
        run.add("www.example.net", Trace::to().connect().send().receive(answer), "198.18.9.9");
        return run.first().summary;
    };
    for (const std::string answer :
         {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: yesterday\r\n\r\n", "220 mail.example ESMTP\r\n",
          "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:4", ""})
        CHECK_THAT(with(answer), says("nobody told the time"));
    // What answers in a service's place is not asked.
    Run run = expired();
    run.told("www.example.net", -days(20), "198.18.9.9");
    run.report().checks[1].conclusion.verdict = Verdict::intercepted;
    CHECK_THAT(run.first().summary, says("nobody told the time"));
}

TEST_CASE("what other CAs have signed is dated too") {
    // Signed after the end of this one: its end has come.
    const Conclusion ended = expired().certified("a.example", "Other CA", days(-5), days(80)).first();
    CHECK(ended.owner == Owner::vendor);
    CHECK(ended.confidence == Confidence::likely);
    CHECK_THAT(ended.summary, says("a.example"));
    // One step short: signed before that, by the same CA, or by nobody who is known.
    CHECK_THAT(expired().certified("a.example", "Other CA", days(-20), days(80)).first().summary,
               says("nobody told the time"));
    CHECK_THAT(expired().certified("a.example", "DigiCert TLS RSA SHA256 2020 CA1", days(-5), days(80)).first().summary,
               says("nobody told the time"));
    Run unknown = expired();
    TlsFacts stranger = facts_of("Somebody");
    stranger.chain[0].not_before = seen_at - days(1);
    unknown.add("a.example", Trace::to().connect().handshake(stranger), "198.18.7.7");
    unknown.report().checks[1].conclusion.verdict = Verdict::reachable;
    CHECK_THAT(unknown.first().summary, says("nobody told the time"));
}

TEST_CASE("certificates of several CAs that are out of date alike") {
    const Conclusion ended = expired()
                                 .certified("a.example", "Other CA", days(-300), days(-3))
                                 .certified("b.example", "Third CA", days(-300), days(-2))
                                 .first();
    CHECK(ended.owner == Owner::this_host);
    CHECK(ended.confidence == Confidence::likely);
    CHECK_THAT(ended.summary, says("a.example, b.example"));
    // One more may be as forgotten as this one, and two of one CA are one.
    CHECK(expired().certified("a.example", "Other CA", days(-300), days(-3)).first().owner == Owner::service);
    CHECK(expired()
              .certified("a.example", "Other CA", days(-300), days(-3))
              .certified("b.example", "Other CA", days(-300), days(-2))
              .first()
              .owner == Owner::service);
    // Nobody signs for the future: there, one more is enough.
    CHECK(early().certified("a.example", "Other CA", days(5), days(80)).first().confidence == Confidence::likely);
    CHECK_THAT(early().certified("a.example", "Other CA", days(5), days(80)).first().summary,
               says("not valid yet too (a.example)"));
}

TEST_CASE("a stapled answer is dated more closely than its certificate") {
    const auto with = [](std::optional<sys_seconds> from, Staple staple) {
        Run run = expired();
        TlsFacts facts = valid(days(-300), days(80));
        facts.chain[0].issuer = "CN=Other CA";
        facts.staple = staple;
        facts.staple_from = from;
        run.add("a.example", Trace::to().connect().handshake(std::move(facts)), "198.18.7.7");
        return run.first();
    };
    CHECK(with(seen_at - days(1), Staple::good).owner == Owner::vendor);
    CHECK(with(seen_at - days(20), Staple::good).owner == Owner::service);
    CHECK(with(seen_at - days(1), Staple::stale).owner == Owner::service);
    CHECK(with(std::nullopt, Staple::good).owner == Owner::service);
    // One that ends before this certificate begins: the time has not come. Its certificate's end would not do.
    const auto until = [](std::optional<sys_seconds> time) {
        Run run = early();
        TlsFacts facts = valid(days(-300), days(5));
        facts.chain[0].issuer = "CN=Other CA";
        facts.staple = Staple::good;
        facts.staple_from = seen_at - days(1);
        facts.staple_until = time;
        run.add("a.example", Trace::to().connect().handshake(std::move(facts)), "198.18.7.7");
        return run.first().owner;
    };
    CHECK(until(seen_at + days(4)) == Owner::vendor);
    CHECK(until(seen_at + days(20)) == Owner::this_host);
    CHECK(until(std::nullopt) == Owner::this_host);
}

TEST_CASE("what works is judged by the same clock, and says so when that is wrong") {
    Run run = expired();
    run.told("www.example.net", -days(20), "198.18.9.9");
    run.certified("a.example", "Other CA", days(-30), days(30));
    REQUIRE(run.first().owner == Owner::this_host);
    const Conclusion& reachable = run.report().checks[2].conclusion;
    REQUIRE(reachable.verdict == Verdict::reachable);
    REQUIRE_FALSE(reachable.warnings.empty());
    CHECK_THAT(reachable.warnings.back(), says("This host's clock is 20 days ahead of that of www.example.net"));
    // Without a certificate there is nothing that the clock was needed for.
    CHECK(run.report().checks[1].conclusion.warnings.empty());
}

TEST_CASE("two clocks that agree with each other and not with this one") {
    const auto warned = [](seconds first, seconds second) {
        Run run;
        run.certified("a.example", "Other CA", days(-30), days(30));
        run.told("www.example.net", first, "198.18.9.9").told("www.example.org", second, "198.18.9.8");
        return !run.first().warnings.empty();
    };
    CHECK(warned(hours(2), hours(2)));
    CHECK_FALSE(warned(hours(2), hours(3)));
    CHECK_FALSE(warned(minutes(4), minutes(4)));
    CHECK_FALSE(warned(hours(2), seconds(1)));
}

TEST_CASE("differences in words") {
    CHECK(judge::spell_difference(days(335)) == "335 days");
    CHECK(judge::spell_difference(-hours(26)) == "26 hours");
    CHECK(judge::spell_difference(minutes(2)) == "2 minutes");
    CHECK(judge::spell_difference(seconds(61)) == "61 seconds");
    CHECK(judge::spell_difference(seconds(1)) == "1 second");
}
