#include "notify/target.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "notify/notifier.hpp"

namespace fdnprobe::notify {
namespace {

template <class Kind>
Kind target(const std::string& text) {
    INFO(text);
    const auto found = parse_target(text);
    REQUIRE(found);
    REQUIRE(std::holds_alternative<Kind>(*found));
    return std::get<Kind>(*found);
}

TEST_CASE("target: webhooks") {
    CHECK(target<WebhookTarget>("webhook=https://hooks.example/a/b?token=x=y") ==
          WebhookTarget{true, "hooks.example", 443, "/a/b?token=x=y", ""});
    CHECK(target<WebhookTarget>("webhook=http://127.0.0.1:8080") == WebhookTarget{false, "127.0.0.1", 8080, "/", ""});
    CHECK(target<WebhookTarget>("webhook=HTTPS://[2001:db8::1]:8443/x") ==
          WebhookTarget{true, "2001:db8::1", 8443, "/x", ""});
    CHECK(target<WebhookTarget>("webhook=https://hooks.example?x") ==
          WebhookTarget{true, "hooks.example", 443, "/?x", ""});
    CHECK(target<WebhookTarget>("webhook=https://probe:a%40b%3Ac:d@hooks.example/").credentials == "probe:a@b:c:d");
    CHECK(target<WebhookTarget>("webhook=https://token@hooks.example/@me").credentials == "token:");
}

TEST_CASE("target: syslog receivers and commands") {
    CHECK(target<SyslogTarget>("syslog=udp://10.0.0.1") == SyslogTarget{false, "10.0.0.1", 514});
    CHECK(target<SyslogTarget>("syslog=tcp://log.example:601/") == SyslogTarget{true, "log.example", 601});
    CHECK(target<SyslogTarget>("syslog=udp://[::1]:5514") == SyslogTarget{false, "::1", 5514});
    CHECK(target<CommandTarget>("command=/usr/local/bin/alert me") == CommandTarget{"/usr/local/bin/alert me"});
}

TEST_CASE("target: mistakes are named, and repeat nothing of an address") {
    const std::string secret = "s3cret";
    const std::vector<std::string> mistakes = {
        "",
        "webhook",
        "webhook=",
        "webhook=ftp://s3cret@hooks.example",
        "webhook=https://",
        "webhook=https:///s3cret",
        "webhook=https://hooks.example:0/s3cret",
        "webhook=https://hooks.example:65536/s3cret",
        "webhook=https://hooks.example:/s3cret",
        "webhook=https://hooks.example/s3cret#x",
        "webhook=https://hooks.example/s3cret x",
        "webhook=https://hooks.example/s3cret\r\nX-Evil: 1",
        "webhook=https://hooks.example/s3cret\xC3\xA9",
        "webhook=https://a%0d%0as3cret@hooks.example/",
        "webhook=https://a%zz:s3cret@hooks.example/",
        "webhook=https://a%3Ab:s3cret@hooks.example/",
        "webhook=https://[::1/s3cret",
        "webhook=https://[127.0.0.1]/s3cret",
        "webhook=https://[::1]s3cret",
        "webhook=https://-s3cret/",
        "webhook=https://" + std::string(254, 'a') + "/s3cret",
        "webhook=https://hooks.example/" + std::string(9000, 'a') + secret,
        "syslog=10.0.0.1",
        "syslog=udp://",
        "syslog=udp://10.0.0.1:s3cret",
        "syslog=tls://10.0.0.1",
        "command=alert s3cret",
        "command=",
        "command=/usr/bin/",
        "command=/" + std::string(5000, 'a'),
        std::string("command=/usr/bin/a\0s3cret", 25),
        "https://hooks.example/s3cret",
        "https://hooks.example/s3cret?token=x",
        "mail=s3cret@example.org",
    };
    for (const std::string& text : mistakes) {
        INFO(text);
        const auto mistake = receiver_mistake(text);
        REQUIRE(mistake);
        CHECK(!mistake->empty());
        CHECK(mistake->find(secret) == std::string::npos);
    }
    CHECK_THAT(*receiver_mistake("webhok=https://hooks.example/"), Contains("did you mean webhook=?"));
    CHECK_THAT(*receiver_mistake("webhook=hooks.example"), Contains("http:// or https://"));
}

TEST_CASE("target: a warning where what is sent can be read on the way") {
    CHECK(!receiver_mistake("webhook=http://10.0.0.1/"));
    REQUIRE(receiver_warning("webhook=http://10.0.0.1/s3cret"));
    CHECK_THAT(*receiver_warning("webhook=http://10.0.0.1/s3cret"), Contains("not encrypted") && !Contains("s3cret"));
    CHECK_THAT(*receiver_warning("webhook=http://a:b@10.0.0.1/"), Contains("the password too"));
    for (const std::string text : {"webhook=https://10.0.0.1/", "webhook=http://127.0.0.1/", "webhook=http://[::1]/",
                                   "webhook=http://localhost:8080/", "syslog=udp://10.0.0.1", "command=/bin/true"})
        CHECK(!receiver_warning(text));
}

}  // namespace
}  // namespace fdnprobe::notify
