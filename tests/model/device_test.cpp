#include "fdnprobe/device.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace fdnprobe;

namespace {

Device device(std::string key, std::vector<std::string> words, bool list = false) {
    Device made;
    made.values[std::move(key)] = DeviceValue{std::move(words), list, true, false};
    return made;
}

When when(std::string key, std::vector<std::string> words) {
    return When{{{DeviceCondition{std::move(key), std::move(words)}}}};
}

}  // namespace

TEST_CASE("a condition holds, fails, or hangs on what is not known") {
    const Device unicast = device("fortiguard", {"unicast"});
    CHECK(fit(When{}, {}) == Fit::holds);
    CHECK(fit(when("fortiguard", {"unicast"}), unicast) == Fit::holds);
    CHECK(fit(when("fortiguard", {"anycast"}), unicast) == Fit::fails);
    CHECK(fit(when("fortiguard", {"anycast", "unicast"}), unicast) == Fit::holds);
    CHECK(fit(when("fortiguard", {"anycast"}), {}) == Fit::undecided);
    CHECK(conflict(when("fortiguard", {"anycast"}), unicast) == "fortiguard = \"unicast\"");
    CHECK(conflict(when("fortiguard", {"unicast"}), unicast).empty());
    CHECK(open_question(when("fortiguard", {"anycast"}), {}) == "fortiguard = \"anycast\"");
    CHECK(open_question(when("fortiguard", {"anycast"}), unicast).empty());
}

TEST_CASE("a negation holds as long as nothing is known") {
    CHECK(fit(when("management", {"!none"}), {}) == Fit::holds);
    CHECK(fit(when("management", {"!none"}), device("management", {"none"})) == Fit::fails);
    CHECK(fit(when("management", {"!none"}), device("management", {"fortimanager"})) == Fit::holds);
    CHECK(fit(when("management", {"!none", "!fortiguard"}), device("management", {"fortiguard"})) == Fit::fails);
    CHECK(fit(when("management", {"!none", "!fortiguard"}), device("management", {"fortimanager"})) == Fit::holds);
}

TEST_CASE("lists and empty values") {
    const Device some = device("update_servers", {"10.0.0.5"}, true);
    const Device none = device("update_servers", {}, true);
    CHECK(fit(when("update_servers", {"set"}), some) == Fit::holds);
    CHECK(fit(when("update_servers", {"set"}), none) == Fit::fails);
    CHECK(fit(when("update_servers", {"set"}), {}) == Fit::undecided);
    CHECK(fit(when("update_servers", {"given"}), some) == Fit::holds);
    CHECK(fit(when("update_servers", {"given"}), {}) == Fit::fails);
    CHECK(conflict(when("update_servers", {"given"}), {}) == "no update_servers");
    CHECK(fit(when("update_servers", {"none"}), none) == Fit::holds);
    CHECK(fit(when("update_servers", {"none"}), some) == Fit::fails);
    CHECK(fit(when("update_servers", {"!set"}), {}) == Fit::holds);
    CHECK(fit(when("update_servers", {"!set"}), some) == Fit::fails);
    CHECK(conflict(when("update_servers", {"none"}), some) == "update_servers = [\"10.0.0.5\"]");

    const When some_service = when("services_off", {"!all"});
    CHECK(fit(some_service, {}) == Fit::holds);
    CHECK(fit(some_service, device("services_off", {"webfilter", "antispam"}, true)) == Fit::holds);
    CHECK(fit(some_service, device("services_off", {"webfilter", "antispam", "outbreak"}, true)) == Fit::fails);
    CHECK(fit(when("dns_protocol", {"dot"}), device("dns_protocol", {"cleartext", "dot"}, true)) == Fit::holds);
}

TEST_CASE("all conditions of one set, or those of another") {
    When both;
    both.any_of = {{{"fortiguard", {"unicast"}}, {"location", {"usa"}}}, {{"update_proxy", {"given"}}}};
    Device known = device("fortiguard", {"unicast"});
    CHECK(fit(both, known) == Fit::undecided);
    CHECK(open_question(both, known) == "location = \"usa\"");
    known.values["location"] = DeviceValue{{"eu"}};
    CHECK(fit(both, known) == Fit::fails);
    CHECK(conflict(both, known) == "location = \"eu\"");
    known.values["update_proxy"] = DeviceValue{{"proxy.example:3128"}};
    CHECK(fit(both, known) == Fit::holds);
    CHECK(open_question(both, {}) == "fortiguard = \"unicast\" and location = \"usa\"");
}

TEST_CASE("places of a device") {
    CHECK(parse_place("Mail.Example:465")->host == "mail.example");
    CHECK(parse_place("mail.example:465")->port == 465);
    CHECK_FALSE(parse_place("10.0.0.5")->port);
    CHECK(parse_place("2001:db8::1")->host == "2001:db8::1");
    CHECK(parse_place("[2001:DB8::1]:53")->host == "2001:db8::1");
    CHECK(parse_place("[2001:db8::1]:53")->port == 53);
    for (const char* wrong : {"", "host:", "host:0", "host:65536", "host:x", "[10.0.0.5]:53", "a:b:1", ":53"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_place(wrong));
    }
}

TEST_CASE("releases") {
    const Releases range = *Releases::parse("FortiGate 6.2-7.6.2");
    CHECK(range.product == "FortiGate");
    CHECK(range.to_string() == "FortiGate 6.2 to 7.6.2");
    for (const char* inside : {"6.2", "6.2.0", "6.4.14", "7.6.2", "7.4"}) CHECK(range.contains(inside));
    for (const char* outside : {"6.0.14", "7.6.3", "7.10", "8.0"}) CHECK_FALSE(range.contains(outside));
    // A bound of two numbers is all of that branch.
    CHECK(Releases::parse("FortiGate 6.0-7.6")->contains("7.6.9"));
    CHECK(Releases::parse("FortiGate 7.2-")->contains("7.2"));
    CHECK(Releases::parse("FortiGate 7.2-")->to_string() == "FortiGate 7.2 and later");
    CHECK(Releases::parse("FortiGate -6.4.4")->contains("5.6"));
    CHECK_FALSE(Releases::parse("FortiGate -6.4.4")->contains("6.4.5"));
    CHECK(Releases::parse("FortiProxy")->to_string() == "FortiProxy");
    for (const char* wrong : {"", "7.2-7.4", "FortiGate -", "FortiGate 7.x-", "FortiGate x"}) {
        CAPTURE(wrong);
        CHECK_FALSE(Releases::parse(wrong));
    }
}

TEST_CASE("every key has its line, its example and its kind") {
    for (const DeviceKey& key : device_keys()) {
        CAPTURE(key.name);
        CHECK(find_device_key(key.name) == &key);
        CHECK_FALSE(key.about.empty());
        CHECK_FALSE(key.example.empty());
        const bool choice =
            key.kind == DeviceKeyKind::word || key.kind == DeviceKeyKind::words || key.kind == DeviceKeyKind::port;
        CHECK(choice == !key.words.empty());
    }
    CHECK(find_device_key("fortigard") == nullptr);
}
