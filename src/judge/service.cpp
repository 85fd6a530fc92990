#include "judge/service.hpp"

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace fdnprobe::judge {
namespace {

bool id_says(const Check& check, std::string_view word) { return check.id.find(word) != std::string::npos; }

bool is_port(const Check& check, Transport transport, std::initializer_list<std::uint16_t> numbers) {
    return check.port.transport == transport &&
           std::find(numbers.begin(), numbers.end(), check.port.number) != numbers.end();
}

}  // namespace

bool is_fortiguard(const Check& check) {
    for (const std::string_view pattern :
         {"*.fortinet.net", "*.fortinet.com", "*.fortiguard.net", "*.fortiguard.com", "fortinet-notifications.com"})
        if (glob_match(pattern, check.host)) return true;
    return id_says(check, "/fortiguard/");
}

bool is_anycast(const Check& check) {
    if (check.ocsp_stapled) return true;
    for (const std::string_view region : {"global*.fortinet.net", "us*service.fortinet.net", "eu*service.fortinet.net",
                                          "usupdate.fortinet.net", "euupdate.fortinet.net"})
        if (glob_match(region, check.host)) return true;
    return false;
}

Service service_of(const Check& check) {
    if (is_port(check, Transport::udp, {9443})) return Service::push;
    if (is_port(check, Transport::tcp, {541, 542})) return Service::management;
    if (is_port(check, Transport::tcp, {514})) return Service::logging;
    if (is_port(check, Transport::tcp, {25, 465}) || check.probe == "smtp") return Service::mail;
    if (is_port(check, Transport::tcp, {1000, 1003, 8008, 8010, 8015, 8020})) return Service::login_pages;
    if (is_port(check, Transport::tcp, {853}) || check.probe == "dot") return Service::dns_over_tls;
    if (!is_fortiguard(check)) return Service::other;
    if (is_port(check, Transport::udp, {53, 8888})) return Service::rating_udp;
    if (is_port(check, Transport::tcp, {53, 8888}) || id_says(check, "queries")) return Service::rating_tls;
    if (is_port(check, Transport::tcp, {9582})) return Service::cloud_app;
    if (is_port(check, Transport::tcp, {443, 8890})) return Service::update;
    return Service::other;
}

}  // namespace fdnprobe::judge
