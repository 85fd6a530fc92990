#include "judge/issuer.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace fdnprobe::judge {

std::string_view attribute_of(std::string_view name, std::string_view attribute) {
    while (!name.empty()) {
        std::size_t end = 0;
        while (end < name.size() && name[end] != ',') end += name[end] == '\\' ? std::size_t{2} : std::size_t{1};
        end = std::min(end, name.size());
        const std::string_view part = trim(name.substr(0, end));
        if (part.size() > attribute.size() && part.starts_with(attribute) && part[attribute.size()] == '=')
            return part.substr(attribute.size() + 1);
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return {};
}

bool is_fortigate_inspection(const CertificateFacts& leaf) {
    const std::string_view common_name = attribute_of(leaf.issuer, "CN");
    for (const std::string_view ca : {"Fortinet_CA_SSL", "Fortinet_CA_Untrusted"})
        if (common_name == ca || leaf.issuer_name == ca) return true;
    // Serial numbers of FortiGates begin with FG, those of FortiProxies with FPX.
    const bool serial_number = common_name.starts_with("FG") || common_name.starts_with("FPX");
    return serial_number && attribute_of(leaf.issuer, "O") == "Fortinet";
}

std::optional<std::string> public_ca_by_name(const CertificateFacts& certificate) {
    // The organisations behind nearly all certificates on the public web. One that is missing here only turns
    // "perhaps an incomplete chain" into "likely inspection".
    constexpr std::array<std::string_view, 28> organisations{
        "Actalis",       "Amazon",    "Asseco",     "Buypass",
        "Certum",        "COMODO",    "DigiCert",   "D-Trust",
        "Entrust",       "GeoTrust",  "GlobalSign", "GoDaddy",
        "Google Trust",  "HARICA",    "IdenTrust",  "Internet Security Research",
        "Let's Encrypt", "Microsoft", "QuoVadis",   "RapidSSL",
        "Sectigo",       "SSL Corp",  "Starfield",  "SwissSign",
        "thawte",        "USERTRUST", "VeriSign",   "ZeroSSL",
    };
    const std::string issuer = lower(certificate.issuer + " " + certificate.issuer_name);
    for (const std::string_view organisation : organisations)
        if (issuer.find(lower(organisation)) != std::string::npos) return std::string(organisation);
    return std::nullopt;
}

}  // namespace fdnprobe::judge
