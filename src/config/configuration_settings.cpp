#include "config/configuration_settings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::config {
namespace {

/// Words of one value: more than any list of addresses or modes has.
constexpr std::size_t most_listed_words = 64;

constexpr std::array<std::string_view, 48> read_sections{"system global",
                                                         "system interface",
                                                         "system fortiguard",
                                                         "system autoupdate tunneling",
                                                         "system autoupdate push-update",
                                                         "system autoupdate schedule",
                                                         "system central-management",
                                                         "system dns",
                                                         "system vdom-dns",
                                                         "system ntp",
                                                         "system email-server",
                                                         "system fortisandbox",
                                                         "system csf",
                                                         "system ha",
                                                         "system ftm-push",
                                                         "log fortianalyzer setting",
                                                         "log fortianalyzer2 setting",
                                                         "log fortianalyzer3 setting",
                                                         "log fortianalyzer override-setting",
                                                         "log fortianalyzer2 override-setting",
                                                         "log fortianalyzer3 override-setting",
                                                         "log fortianalyzer-cloud setting",
                                                         "log fortiguard setting",
                                                         "log syslogd setting",
                                                         "log syslogd2 setting",
                                                         "log syslogd3 setting",
                                                         "log syslogd4 setting",
                                                         "log syslogd override-setting",
                                                         "log syslogd2 override-setting",
                                                         "log syslogd3 override-setting",
                                                         "log syslogd4 override-setting",
                                                         "user radius",
                                                         "user ldap",
                                                         "user fsso",
                                                         "user fsso-polling",
                                                         "user tacacs+",
                                                         "endpoint-control fctems",
                                                         "vpn certificate crl",
                                                         "vpn certificate ca",
                                                         "vpn certificate local",
                                                         "vpn certificate ocsp-server",
                                                         "certificate crl",
                                                         "certificate ca",
                                                         "certificate local",
                                                         "wanopt peer",
                                                         "web-proxy forward-server",
                                                         "webfilter fortiguard",
                                                         "vpn ssl settings"};

/// None of them holds a secret.
constexpr std::string_view read_keys =
    "accounting-server acme-ca-url addr-type address admin-port admin-sport allowaccess alt-primary "
    "alt-secondary alt-server antispam-force-off anycast-sdns-server-ip anycast-sdns-server-port "
    "auth-http-port auth-https-port close-ports cloud-communication cmp-server dedicated-to dns-over-tls "
    "enc-algorithm enroll-protocol est-server est-url fmg fmg-source-ip fmg-update-port forticloud "
    "fortiguard-anycast fortiguard-anycast-source fortinetone-cloud-authentication fortiservice-port fqdn "
    "ha-eth-type hc-eth-type hostname http-url https-port include-default-servers interface "
    "interface-select-method ip ip6-address ip6-allowaccess ip6-primary ip6-secondary ipv6 l2ep-eth-type "
    "ldap-server management-vdom mode ntpsync outbreak-prevention-force-off override ovrd-auth-port-http "
    "ovrd-auth-port-https ovrd-auth-port-https-flow ovrd-auth-port-warning peer-ip persistent-connection "
    "port port2 port3 port4 port5 primary protocol proxy-server-ip proxy-server-port radius-coa "
    "radius-port reliable rsso scep-url sdns-server-ip sdns-server-port secondary secondary-server "
    "secondary-url secure security security-external-web server server-address server-address6 "
    "server-hostname server-port server-type server2 server3 server4 server5 source-interface source-ip "
    "source-ip6 ssl status subscribe-update-notification tertiary-server transport-protocol type "
    "unicast-hb unicast-hb-peerip unicast-status update-server-location upstream upstream-ip "
    "upstream-port url vdom vdom-dns webfilter-force-off webfilter-sdns-server-ip "
    "webfilter-sdns-server-port";

bool is_read(const std::string& key) {
    static const std::set<std::string, std::less<>> keys = [] {
        std::vector<std::string> words = split(read_keys, ' ');
        return std::set<std::string, std::less<>>(words.begin(), words.end());
    }();
    return keys.contains(key);
}

}  // namespace

std::span<const std::string_view> ConfigurationSettings::sections() { return read_sections; }

void ConfigurationSettings::take(const ConfigurationStatement& statement) {
    std::size_t at = 0;
    std::string scope;
    const auto& place = statement.place;
    if (!place[0].entry && place[0].name == "global") {
        at = 1;
    } else if (!place[0].entry && place[0].name == "vdom") {
        if (place.size() < 2 || !place[1].entry) return;
        scope = place[1].name;
        if (!scopes_.contains(scope)) {
            if (!may_keep()) return;
            vdoms_.push_back(scope);
            scopes_[scope];
        }
        at = 2;
    }
    if (at >= place.size() || place[at].entry) return;
    Objects& objects = scopes_[scope][place[at].name];
    ConfigurationPath path;
    for (std::size_t level = at + 1; level < place.size(); ++level) path.push_back(name_of(statement, level));
    carry_out(statement, objects, std::move(path));
}

bool ConfigurationSettings::has(const std::string& scope, std::string_view section) const {
    return find_objects(scope, section) != nullptr;
}

const ConfigurationValue* ConfigurationSettings::value(const std::string& scope, std::string_view section,
                                                       const ConfigurationPath& path, std::string_view key) const {
    const Objects* objects = find_objects(scope, section);
    if (objects == nullptr) return nullptr;
    const auto object = objects->find(path);
    if (object == objects->end()) return nullptr;
    const auto value = object->second.values.find(key);
    return value == object->second.values.end() || value->second.words.empty() ? nullptr : &value->second;
}

std::vector<ConfigurationPath> ConfigurationSettings::entries(const std::string& scope, std::string_view section,
                                                              const ConfigurationPath& path) const {
    std::vector<std::pair<std::size_t, ConfigurationPath>> found;
    if (const Objects* objects = find_objects(scope, section))
        for (auto one = objects->lower_bound(path); one != objects->end() && begins_with(one->first, path); ++one)
            if (one->first.size() == path.size() + 1) found.emplace_back(one->second.order, one->first);
    std::sort(found.begin(), found.end());
    std::vector<ConfigurationPath> paths;
    for (auto& [order, one] : found) paths.push_back(std::move(one));
    return paths;
}

bool ConfigurationSettings::begins_with(const ConfigurationPath& path, const ConfigurationPath& beginning) {
    return path.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), path.begin());
}

bool ConfigurationSettings::may_keep() {
    if (kept_ >= most) return false;
    ++kept_;
    return true;
}

/// `edit 0` is a new entry each time.
std::string ConfigurationSettings::name_of(const ConfigurationStatement& statement, std::size_t level) {
    const ConfigurationLevel& one = statement.place[level];
    if (!one.entry || one.name != "0") return one.name;
    std::size_t& counter = new_entries_[level];
    if (statement.verb == ConfigurationVerb::edit && level + 1 == statement.place.size()) ++counter;
    // No name of a device has a control character.
    return fmt::format("\x01{}", counter);
}

void ConfigurationSettings::carry_out(const ConfigurationStatement& statement, Objects& objects,
                                      ConfigurationPath path) {
    using enum ConfigurationVerb;
    switch (statement.verb) {
        case config: return;  // the section is there now
        case edit: (void)object_at(objects, path); return;
        case set:
        case append:
        case unselect: change(statement, objects, path); return;
        case unset:
            if (const auto object = objects.find(path); object != objects.end())
                object->second.values.erase(statement.key);
            return;
        case remove: path.push_back(statement.key); [[fallthrough]];
        case purge: take_out(objects, path, statement.verb == remove); return;
        case rename:
        case clone: copy(statement, objects, path); return;
    }
}

ConfigurationSettings::Object* ConfigurationSettings::object_at(Objects& objects, const ConfigurationPath& path) {
    if (const auto object = objects.find(path); object != objects.end()) return &object->second;
    if (!may_keep()) return nullptr;
    Object& object = objects[path];
    object.order = kept_;
    return &object;
}

void ConfigurationSettings::change(const ConfigurationStatement& statement, Objects& objects,
                                   const ConfigurationPath& path) {
    if (!is_read(statement.key)) return;
    Object* object = object_at(objects, path);
    if (object == nullptr || (!object->values.contains(statement.key) && !may_keep())) return;
    ConfigurationValue& value = object->values[statement.key];
    value.line = statement.line;
    value.column = statement.column;
    const auto room = [&] { return most_listed_words - std::min(most_listed_words, value.words.size()); };
    if (statement.verb == ConfigurationVerb::unselect) {
        const std::set<std::string> gone(statement.words.begin(), statement.words.end());
        std::erase_if(value.words, [&](const std::string& word) { return gone.contains(word); });
        return;
    }
    if (statement.verb == ConfigurationVerb::set) value.words.clear();
    const std::size_t count = std::min(room(), statement.words.size());
    value.words.insert(value.words.end(), statement.words.begin(),
                       statement.words.begin() + static_cast<std::ptrdiff_t>(count));
}

void ConfigurationSettings::take_out(Objects& objects, const ConfigurationPath& path, bool with_itself) {
    auto one = objects.lower_bound(path);
    while (one != objects.end() && begins_with(one->first, path))
        one = one->first.size() == path.size() && !with_itself ? std::next(one) : objects.erase(one);
}

void ConfigurationSettings::copy(const ConfigurationStatement& statement, Objects& objects,
                                 const ConfigurationPath& section) {
    ConfigurationPath from = section;
    from.push_back(statement.key);
    ConfigurationPath to = section;
    to.push_back(statement.words.back());
    if (from == to) return;
    std::vector<std::pair<ConfigurationPath, Object>> copies;
    for (auto one = objects.lower_bound(from); one != objects.end() && begins_with(one->first, from); ++one) {
        if (!may_keep()) return;
        ConfigurationPath path = to;
        path.insert(path.end(), one->first.begin() + static_cast<std::ptrdiff_t>(from.size()), one->first.end());
        copies.emplace_back(std::move(path), one->second);
    }
    if (statement.verb == ConfigurationVerb::rename) take_out(objects, from, true);
    for (auto& [path, object] : copies) objects.insert_or_assign(std::move(path), std::move(object));
}

const ConfigurationSettings::Objects* ConfigurationSettings::find_objects(const std::string& scope,
                                                                          std::string_view section) const {
    const auto sections = scopes_.find(scope);
    if (sections == scopes_.end()) return nullptr;
    const auto objects = sections->second.find(section);
    return objects == sections->second.end() ? nullptr : &objects->second;
}

}  // namespace fdnprobe::config
