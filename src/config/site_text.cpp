#include "config/site_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::config {
namespace {

/// Comments are read in terminals, beside others of the file.
constexpr std::size_t comment_width = 100;
constexpr std::size_t longest_comment = 4000;

std::string toml_list(const std::vector<std::string>& values) {
    std::string out;
    for (const std::string& value : values) out += (out.empty() ? "" : ", ") + toml_string(value);
    return "[" + out + "]";
}

struct ValueText {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return toml_string(value); }
    std::string operator()(const std::vector<std::string>& value) const { return toml_list(value); }
};

/// A number where the transport stays what it is.
std::string toml_ports(const std::map<Port, Port>& ports) {
    std::string out;
    for (const auto& [port, used] : ports) {
        const std::string value =
            used.transport == port.transport ? std::to_string(used.number) : toml_string(used.to_string());
        out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", toml_string(port.to_string()), value);
    }
    return "{ " + out + " }";
}

bool is_bare_key(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::string toml_key(std::string_view key) { return is_bare_key(key) ? std::string(key) : toml_string(key); }

std::string comments(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += toml_comment(text);
    return out;
}

std::string place_text(const std::vector<std::string>& addresses, const std::map<Port, Port>& ports,
                       std::string_view level) {
    std::vector<std::string> parts;
    if (addresses.size() == 1) parts.push_back("address = " + toml_string(addresses.front()));
    if (addresses.size() > 1) parts.push_back("addresses = " + toml_list(addresses));
    if (!ports.empty()) parts.push_back("ports = " + toml_ports(ports));
    if (!level.empty()) parts.push_back("level = " + toml_string(level));
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
}

/// A section with its heading; nothing where it is empty.
std::string section(std::string_view heading, const std::string& body) {
    if (body.empty()) return {};
    return fmt::format("\n{}\n{}", heading, body);
}

std::string device_text(const SiteDraft& draft) {
    std::string out;
    for (const DeviceLine& one : draft.device) {
        if (one.key.empty())
            out += toml_comment(std::get<std::string>(one.value));
        else
            out += fmt::format("{} = {}{}\n", toml_key(one.key), std::visit(ValueText{}, one.value),
                               one.assumed ? "  # assumed" : "");
    }
    return out;
}

std::string peers_text(const SiteDraft& draft) {
    std::string out;
    for (const PeerDraft& peer : draft.peers) {
        out += comments(peer.remarks);
        if (peer.addresses.empty() && peer.ports.empty()) continue;
        const bool plain = peer.ports.empty();
        out += fmt::format("{} = {}\n", toml_key(peer.name),
                           plain ? toml_list(peer.addresses) : place_text(peer.addresses, peer.ports, {}));
    }
    return out;
}

std::string rows_text(const SiteDraft& draft) {
    std::string out;
    for (const RowDraft& row : draft.rows) {
        out += comments(row.remarks);
        if (row.addresses.empty() && row.ports.empty() && row.level.empty()) continue;
        const bool plain = row.ports.empty() && row.level.empty();
        out += fmt::format("{} = {}\n", toml_string(row.id),
                           plain ? toml_list(row.addresses) : place_text(row.addresses, row.ports, row.level));
    }
    return out + comments(draft.row_remarks);
}

/// Where the device stands is not where the probe stands, so that this is offered and not said.
std::string network_text(const SiteDraft& draft) {
    const std::string_view mark = draft.of_the_device ? "# " : "";
    std::string out;
    if (!draft.resolvers.empty()) out += fmt::format("{}resolvers = {}\n", mark, toml_list(draft.resolvers));
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) out += fmt::format("{}{} = {}\n", mark, key, toml_string(value));
    };
    add("source", draft.source);
    add("interface", draft.interface);
    add("proxy", draft.proxy);
    return out + comments(draft.vantage);
}

}  // namespace

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    // What printable() escapes is not text that a host, a name or a path has; it stays visible, as `\\xNN`.
    for (const char letter : printable(text)) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out + '"';
}

std::string toml_comment(std::string_view text) {
    std::string out;
    std::string line = "#";
    for (const std::string& word : split(printable(text, longest_comment), ' ')) {
        if (line.size() > 1 && line.size() + 1 + word.size() > comment_width) {
            out += line + "\n";
            line = "#";
        }
        line += " " + word;
    }
    return out + line + "\n";
}

std::string site_text(const SiteDraft& draft) {
    std::string out = comments(draft.introduction);
    out += "schema = \"fdnprobe.site/1\"\n";
    if (!draft.name.empty()) out += fmt::format("name = {}\n", toml_string(draft.name));
    out += section("[device]", device_text(draft));
    out += section("[peers]", peers_text(draft));
    out += section("[rows]", rows_text(draft));
    out += section(draft.of_the_device ? "# [network]" : "[network]", network_text(draft));
    std::string secrets;
    for (const auto& [name, file] : draft.secrets)
        secrets += fmt::format("{} = {}\n", toml_key(name), toml_string(file));
    out += section("[secrets]", secrets);
    out += section("# What the device uses besides, and no table has a row for:", comments(draft.beside));
    return out;
}

}  // namespace fdnprobe::config
