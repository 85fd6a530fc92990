#include "web/target.hpp"

#include <optional>
#include <utility>

#include "base/text.hpp"
#include "web/limits.hpp"

namespace fdnprobe::web {
namespace {

std::optional<unsigned> hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
    if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A' + 10);
    return std::nullopt;
}

/// RFC 3986, 2.1; a '+' is a space in parameters only, as forms write them.
Expected<std::string, std::string> decode(std::string_view text, bool parameter) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t index = 0; index < text.size(); ++index) {
        char letter = text[index];
        if (letter == '%') {
            const auto high = index + 1 < text.size() ? hex_digit(text[index + 1]) : std::nullopt;
            const auto low = index + 2 < text.size() ? hex_digit(text[index + 2]) : std::nullopt;
            if (!high || !low)
                return Unexpected<std::string>("The address has a % that two hexadecimal digits do not follow.");
            letter = static_cast<char>((*high << 4U) | *low);
            index += 2;
        } else if (letter == '+' && parameter) {
            letter = ' ';
        }
        if (static_cast<unsigned char>(letter) < 0x20 || letter == '\x7f')
            return Unexpected<std::string>("The address has a control character.");
        bytes += letter;
    }
    return bytes;
}

}  // namespace

Expected<Target, std::string> parse_target(std::string_view text) {
    if (text.size() > limits::target_bytes) return Unexpected<std::string>("The address is too long.");
    Target target;
    const std::size_t mark = text.find('?');
    auto path = decode(text.substr(0, mark), false);
    if (!path) return Unexpected<std::string>(path.error());
    if (!path->starts_with('/')) return Unexpected<std::string>("The address is not a path of this server.");
    target.path = std::move(*path);
    if (mark == std::string_view::npos) return target;
    for (const std::string& part : split(text.substr(mark + 1), '&')) {
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        const auto name = decode(std::string_view(part).substr(0, equals), true);
        const auto value = decode(equals == std::string::npos ? "" : std::string_view(part).substr(equals + 1), true);
        if (!name) return Unexpected<std::string>(name.error());
        if (!value) return Unexpected<std::string>(value.error());
        if (target.parameters.size() == limits::parameters)
            return Unexpected<std::string>("The address has too many parameters.");
        if (!target.parameters.emplace(*name, *value).second)
            return Unexpected<std::string>("The address gives the parameter " + printable(*name, 80) + " twice.");
    }
    return target;
}

}  // namespace fdnprobe::web
