#include "fdnprobe/device.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "fdnprobe/address.hpp"

namespace fdnprobe {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> ways{"anycast", "unicast", "off"};
constexpr std::array<std::string_view, 2> sources{"fortinet", "aws"};
constexpr std::array<std::string_view, 3> locations{"automatic", "usa", "eu"};
constexpr std::array<std::string_view, 12> ratings{"https/443", "https/53", "https/8888", "https/80",
                                                   "udp/443",   "udp/53",   "udp/8888",   "udp/80",
                                                   "http/443",  "http/53",  "http/8888",  "http/80"};
constexpr std::array<std::string_view, 2> update_ports{"8890", "443"};
constexpr std::array<std::string_view, 3> services{"webfilter", "antispam", "outbreak"};
constexpr std::array<std::string_view, 3> managers{"fortimanager", "fortiguard", "none"};
constexpr std::array<std::string_view, 3> dns_protocols{"cleartext", "dot", "doh"};
constexpr std::array<std::string_view, 3> clusters{"standalone", "cluster", "unicast"};

using enum DeviceKeyKind;
constexpr std::array keys{
    DeviceKey{"product", text, {}, "what the device is, as the tables name products", R"("FortiProxy")"},
    DeviceKey{"version", text, {}, "its release; chooses among commands", R"("7.4.3")"},
    DeviceKey{"fortiguard", word, ways, "how it reaches the vendor's update and rating servers", R"("anycast")"},
    DeviceKey{"anycast_source", word, sources, "whose anycast servers it uses", R"("fortinet")"},
    DeviceKey{"location", word, locations, "which region's servers it asks for", R"("automatic")"},
    DeviceKey{"rating", word, ratings, "protocol and port of ratings, with unicast", R"("https/8888")"},
    DeviceKey{
        "sdns", hosts, {}, "servers of the DNS filter, in place of the documented ones", R"(["208.91.112.220:53"])"},
    DeviceKey{"update_servers", hosts, {}, "managers that hand out updates; [] for none", R"(["10.0.0.5"])"},
    DeviceKey{"update_port", port, update_ports, "port of the update servers", "8890"},
    DeviceKey{"rating_servers", hosts, {}, "managers that answer ratings; [] for none", R"(["10.0.0.5"])"},
    DeviceKey{"default_servers", flag, {}, "whether the vendor's own servers stay the fallback", "true"},
    DeviceKey{
        "update_proxy", host, {}, "the proxy that updates alone go through; \"\" for none", R"("proxy.example:3128")"},
    DeviceKey{"services_off", words, services, "rating services that are switched off", R"(["antispam"])"},
    DeviceKey{"management", word, managers, "who manages it", R"("fortimanager")"},
    DeviceKey{"mail", host, {}, "the relay for alert mail; \"\" for none", R"("mail.example:465")"},
    DeviceKey{"dns", hosts, {}, "its own DNS servers; not set: those of [network] resolvers", R"(["10.0.0.53"])"},
    DeviceKey{"dns_protocol", words, dns_protocols, "how it asks its DNS servers", R"(["cleartext"])"},
    DeviceKey{"push", flag, {}, "whether update notices are pushed to it", "false"},
    DeviceKey{"ha", word, clusters, "whether it is a member of a cluster", R"("standalone")"},
};

bool is_negation(std::string_view word) { return word.starts_with('!'); }

bool contains(const DeviceValue& value, std::string_view word) {
    return std::any_of(value.words.begin(), value.words.end(),
                       [&](const std::string& one) { return one == word || lower(one) == lower(word); });
}

/// Whether the list has every word that its key knows.
bool is_complete(std::string_view key, const DeviceValue& value) {
    const DeviceKey* known = find_device_key(key);
    return known != nullptr && !known->words.empty() &&
           std::all_of(known->words.begin(), known->words.end(),
                       [&](std::string_view word) { return contains(value, word); });
}

bool denies(const DeviceCondition& condition, const DeviceValue& value, std::string_view word) {
    const std::string_view denied = word.substr(1);
    if (denied == "all") return is_complete(condition.key, value);
    if (denied == "set") return !value.words.empty();
    if (denied == "none") return value.words.empty() || contains(value, denied);
    return contains(value, denied);
}

Fit fit(const DeviceCondition& condition, const Device& device) {
    const DeviceValue* value = device.find(condition.key);
    const bool all_negations = std::all_of(condition.words.begin(), condition.words.end(), is_negation);
    if (value == nullptr) {
        if (condition.words == std::vector<std::string>{"given"}) return Fit::fails;
        const bool some_negation = std::any_of(condition.words.begin(), condition.words.end(), is_negation);
        return some_negation ? Fit::holds : Fit::undecided;
    }
    if (all_negations)
        return std::none_of(condition.words.begin(), condition.words.end(),
                            [&](std::string_view word) { return denies(condition, *value, word); })
                   ? Fit::holds
                   : Fit::fails;
    const bool holds = std::any_of(condition.words.begin(), condition.words.end(), [&](std::string_view word) {
        if (is_negation(word)) return !denies(condition, *value, word);
        if (word == "set" || word == "given") return !value->words.empty();
        if (word == "none") return value->words.empty() || contains(*value, word);
        return contains(*value, word);
    });
    return holds ? Fit::holds : Fit::fails;
}

Fit fit(const std::vector<DeviceCondition>& all, const Device& device) {
    Fit worst = Fit::holds;
    for (const DeviceCondition& condition : all) worst = std::max(worst, fit(condition, device));
    return worst;
}

std::string spell_words(const DeviceCondition& condition) {
    const DeviceKey* key = find_device_key(condition.key);
    const bool bare = key != nullptr && (key->kind == DeviceKeyKind::flag || key->kind == DeviceKeyKind::port);
    std::string text;
    for (const std::string& word : condition.words) {
        if (word == "set" || word == "none") return condition.key + (word == "set" ? " set" : " not set");
        if (!text.empty()) text += " or ";
        text += bare ? word : "\"" + word + "\"";
    }
    return fmt::format("{} = {}", condition.key, text);
}

/// The numbers of a release; what is no number ends them.
std::vector<int> numbers_of(std::string_view version) {
    std::vector<int> numbers;
    while (!version.empty()) {
        int number = 0;
        const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
        if (error != std::errc{}) break;
        numbers.push_back(number);
        version.remove_prefix(static_cast<std::size_t>(end - version.data()));
        if (!version.starts_with('.')) break;
        version.remove_prefix(1);
    }
    return numbers;
}

/// Negative, zero, positive; only as many numbers as the bound has are looked at.
int compare_to_bound(const std::vector<int>& version, const std::vector<int>& bound) {
    for (std::size_t index = 0; index < bound.size(); ++index) {
        const int number = index < version.size() ? version[index] : 0;
        if (number != bound[index]) return number < bound[index] ? -1 : 1;
    }
    return 0;
}

bool is_version(std::string_view text) {
    return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

const DeviceValue* Device::find(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &found->second;
}

std::string Device::word(std::string_view key) const {
    const DeviceValue* value = find(key);
    return value == nullptr || value->list || value->words.empty() ? std::string() : value->words.front();
}

std::span<const DeviceKey> device_keys() { return keys; }

const DeviceKey* find_device_key(std::string_view name) {
    const auto* const found =
        std::find_if(keys.begin(), keys.end(), [&](const DeviceKey& key) { return key.name == name; });
    return found == keys.end() ? nullptr : found;
}

Fit fit(const When& when, const Device& device) {
    if (when.empty()) return Fit::holds;
    Fit best = Fit::fails;
    for (const auto& all : when.any_of) best = std::min(best, fit(all, device));
    return best;
}

std::string conflict(const When& when, const Device& device) {
    if (fit(when, device) != Fit::fails) return {};
    // One setting against each of the sets; the same one is named once.
    std::string settings;
    std::vector<std::string_view> named;
    for (const auto& all : when.any_of) {
        const auto failing = std::find_if(all.begin(), all.end(), [&](const DeviceCondition& condition) {
            return fit(condition, device) == Fit::fails;
        });
        if (std::find(named.begin(), named.end(), failing->key) != named.end()) continue;
        named.push_back(failing->key);
        const DeviceValue* value = device.find(failing->key);
        // What is not set is only said where nothing that is set speaks against it.
        if (value == nullptr) continue;
        if (!settings.empty()) settings += " and ";
        settings += spell_setting(failing->key, *value);
    }
    return settings.empty() ? "no " + std::string(named.front()) : settings;
}

std::string open_question(const When& when, const Device& device) {
    for (const auto& all : when.any_of) {
        if (fit(all, device) != Fit::undecided) continue;
        std::string text;
        for (const DeviceCondition& condition : all) {
            if (fit(condition, device) != Fit::undecided) continue;
            if (!text.empty()) text += " and ";
            text += spell_words(condition);
        }
        return text;
    }
    return {};
}

std::string spell_setting(std::string_view key, const DeviceValue& value) {
    std::string text;
    for (const std::string& word : value.words) {
        if (!text.empty()) text += ", ";
        text += value.quoted ? "\"" + printable(word, 255) + "\"" : printable(word, 255);
    }
    if (value.list) return fmt::format("{} = [{}]", key, text);
    return fmt::format("{} = {}", key, text.empty() ? std::string("\"\"") : text);
}

std::optional<DevicePlace> parse_place(std::string_view text) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    if (const auto address = Address::parse(text)) return DevicePlace{address->to_string(), std::nullopt};
    std::string_view host = text;
    std::optional<std::uint16_t> port;
    if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
        const auto number = parse_number(text.substr(colon + 1), 1, 65535);
        if (!number) return std::nullopt;
        port = static_cast<std::uint16_t>(*number);
        host = text.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        const auto address = Address::parse(host.substr(1, host.size() - 2));
        if (!address || address->family() != Family::ipv6) return std::nullopt;
        return DevicePlace{address->to_string(), port};
    }
    if (host.empty() || host.find(':') != std::string_view::npos) return std::nullopt;
    return DevicePlace{lower(host), port};
}

std::optional<Releases> Releases::parse(std::string_view text) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    Releases releases;
    const std::size_t space = text.rfind(' ');
    std::string_view range;
    if (space == std::string_view::npos) {
        releases.product = std::string(text);
    } else {
        releases.product = std::string(trim(text.substr(0, space)));
        range = text.substr(space + 1);
    }
    if (releases.product.empty() || (releases.product.front() >= '0' && releases.product.front() <= '9'))
        return std::nullopt;
    if (range.empty()) return releases;
    const std::size_t dash = range.find('-');
    const std::string_view from = range.substr(0, dash);
    const std::string_view to = dash == std::string_view::npos ? from : range.substr(dash + 1);
    if ((!from.empty() && !is_version(from)) || (!to.empty() && !is_version(to)) || (from.empty() && to.empty()))
        return std::nullopt;
    releases.from = std::string(from);
    releases.to = std::string(to);
    return releases;
}

bool Releases::contains(std::string_view version) const {
    const std::vector<int> numbers = numbers_of(version);
    if (!from.empty() && compare_to_bound(numbers, numbers_of(from)) < 0) return false;
    return to.empty() || compare_to_bound(numbers, numbers_of(to)) <= 0;
}

std::string Releases::to_string() const {
    if (from.empty() && to.empty()) return product;
    if (from == to) return fmt::format("{} {}", product, from);
    if (to.empty()) return fmt::format("{} {} and later", product, from);
    if (from.empty()) return fmt::format("{} up to {}", product, to);
    return fmt::format("{} {} to {}", product, from, to);
}

}  // namespace fdnprobe
