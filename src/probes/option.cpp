#include "probes/option.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace fdnprobe::probes {

std::string_view text_option(const Check& check, std::string_view name, std::string_view otherwise) {
    const auto found = check.options.find(name);
    if (found == check.options.end()) return otherwise;
    const auto* text = std::get_if<std::string>(&found->second);
    return text == nullptr ? otherwise : std::string_view(*text);
}

double number_option(const Check& check, std::string_view name, double otherwise) {
    const auto found = check.options.find(name);
    return found == check.options.end() ? otherwise : as_number(found->second).value_or(otherwise);
}

std::optional<double> as_number(const OptionValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

}  // namespace fdnprobe::probes
