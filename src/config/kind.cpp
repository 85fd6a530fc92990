// What a file says that it is.
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "config/document.hpp"
#include "config/load.hpp"

namespace fdnprobe::config {
namespace {

/// The schema that a document states, even where a mistake further on makes it unreadable as a whole.
std::string stated_schema(std::string_view text) {
    if (const auto document = parse_document(text, {})) {
        const auto* schema = document->get_as<std::string>("schema");
        return schema ? schema->get() : std::string{};
    }
    for (const std::string& line : split(text, '\n')) {
        std::string_view rest = trim(line);
        constexpr std::string_view key = "schema";
        if (!rest.starts_with(key)) continue;
        rest = trim(rest.substr(key.size()));
        if (!rest.starts_with('=')) continue;
        rest = trim(rest.substr(1));
        if (rest.size() < 2 || (rest[0] != '"' && rest[0] != '\'')) continue;
        return std::string(rest.substr(1, rest.find(rest[0], 1) - 1));
    }
    return {};
}

}  // namespace

FileKind kind_of(std::string_view text) {
    const std::string schema = stated_schema(text);
    if (schema.starts_with("fdnprobe.table/")) return FileKind::table;
    if (schema.starts_with("fdnprobe.site/")) return FileKind::site;
    if (schema.starts_with("fdnprobe.baseline/")) return FileKind::baseline;
    return FileKind::unknown;
}

}  // namespace fdnprobe::config
