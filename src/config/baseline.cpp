#include "config/baseline.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/document.hpp"
#include "config/host_name.hpp"
#include "config/section.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

constexpr std::string_view baseline_schema = "fdnprobe.baseline/1";

/// SHA-256 in hexadecimal.
constexpr std::size_t digest_digits = 64;

class BaselineReader {
  public:
    explicit BaselineReader(const std::string& file) : complaints_(file) {}

    Expected<Baseline, Problems> read(const toml::table& document) {
        Section top(document, "a baseline", complaints_);
        if (check_schema(top, baseline_schema)) read_top(top);
        Problems errors = complaints_.take_errors();
        if (!errors.empty()) return Unexpected<Problems>(std::move(errors));
        return std::move(baseline_);
    }

  private:
    void read_top(Section& top) {
        if (const auto learned = top.text("learned")) baseline_.learned = learned->value;
        if (const auto vantage = top.text("vantage")) baseline_.vantage = vantage->value;
        for (const toml::table* endpoint : top.tables("endpoint")) read_endpoint(*endpoint);
        const toml::node* endpoints = top.node("endpoint");
        if (endpoints == nullptr)
            complaints_.error(top.begin(), "a baseline has no `endpoint`; expected at least one [[endpoint]]");
        else if (endpoints->is_array() && endpoints->as_array()->empty())
            complaints_.error(*endpoints, "`endpoint` must not be empty");
        top.refuse_unknown();
    }

    void read_endpoint(const toml::table& table) {
        Section section(table, "an endpoint", complaints_);
        const auto host = read_host(section);
        const auto port = read_port(section);
        KnownIdentity known;
        // A CA may be without a name, but not without a key.
        known.issuer = present_text(section, "issuer").value_or("");
        known.issuer_name = present_text(section, "issuer_name").value_or("");
        if (section.node("issuer_key") != nullptr)
            known.issuer_key_sha256 = read_digest(section, "issuer_key").value_or("");
        const auto key = read_digest(section, "key");
        section.refuse_unknown();
        if (!host || !port || !key) return;
        known.key_sha256 = *key;
        const auto [first, fresh] = lines_.try_emplace({*host, *port}, section.begin().line);
        if (!fresh)
            complaints_.error(section.begin(), fmt::format("{} {} is there already, in line {}", in_quotes(*host),
                                                           port->to_string(), first->second));
        baseline_.endpoints.emplace(std::pair(*host, *port), std::move(known));
    }

    std::optional<std::string> read_host(Section& section) {
        const auto written = section.needed_text("host");
        if (!written) return std::nullopt;
        if (const auto mistake = host_mistake(written->value)) {
            complaints_.error(written->at, *mistake);
            return std::nullopt;
        }
        return canonical_host(written->value);
    }

    std::optional<Port> read_port(Section& section) {
        const auto written = section.needed_text("port");
        if (!written) return std::nullopt;
        const auto port = Port::parse(written->value);
        if (!port)
            complaints_.error(
                written->at, fmt::format("`port` is {}; expected something like `TCP/443`", in_quotes(written->value)));
        return port;
    }

    std::optional<std::string> present_text(Section& section, std::string_view key) {
        if (section.node(key) == nullptr) {
            complaints_.error(section.begin(), fmt::format("{} has no {}", section.name(), in_quotes(key)));
            return std::nullopt;
        }
        const auto written = section.text(key);
        return written ? std::optional(written->value) : std::nullopt;
    }

    std::optional<std::string> read_digest(Section& section, std::string_view key) {
        const auto written = section.needed_text(key);
        if (!written) return std::nullopt;
        std::string digest = lower(written->value);
        const bool good = digest.size() == digest_digits && std::all_of(digest.begin(), digest.end(), [](char digit) {
                              return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
                          });
        if (good) return digest;
        complaints_.error(written->at,
                          fmt::format("{} is {}; expected a SHA-256 digest, which is {} hexadecimal digits",
                                      in_quotes(key), in_quotes(written->value), digest_digits));
        return std::nullopt;
    }

    Complaints complaints_;
    Baseline baseline_;
    std::map<std::pair<std::string, Port>, toml::source_index> lines_;
};

/// A basic string of TOML. Certificates may say anything: it is written as it would be shown, and in full.
std::string toml_text(std::string_view raw) {
    std::string text = "\"";
    for (const char letter : printable(raw, 16 * 1024)) {
        if (letter == '"' || letter == '\\') text += '\\';
        text += letter;
    }
    return text + '"';
}

}  // namespace

Expected<Baseline, Problems> parse_baseline(std::string_view text, const std::string& file) {
    const auto document = parse_document(text, file);
    if (!document) return Unexpected<Problems>(Problems{document.error()});
    return BaselineReader(file).read(*document);
}

std::string write_baseline(const Baseline& baseline) {
    std::string text = fmt::format(
        "# How each endpoint identified itself at a place that is known to be good: for `fdnprobe check --baseline`.\n"
        "schema = \"{}\"\nlearned = {}\nvantage = {}\n",
        baseline_schema, toml_text(baseline.learned), toml_text(baseline.vantage));
    for (const auto& [endpoint, known] : baseline.endpoints) {
        text += fmt::format("\n[[endpoint]]\nhost = {}\nport = \"{}\"\nissuer = {}\nissuer_name = {}\n",
                            toml_text(endpoint.first), endpoint.second.to_string(), toml_text(known.issuer),
                            toml_text(known.issuer_name));
        if (!known.issuer_key_sha256.empty()) text += fmt::format("issuer_key = \"{}\"\n", known.issuer_key_sha256);
        text += fmt::format("key = \"{}\"\n", known.key_sha256);
    }
    return text;
}

}  // namespace fdnprobe::config
