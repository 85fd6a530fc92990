#include "report/trace_values.hpp"

#include <utility>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::string_view mark = "base64:";

}  // namespace

std::string trace_text(std::string_view raw) {
    const std::string text = without_credentials(raw);
    // No cut: escaped text that came out as it went in had nothing to escape.
    const bool shown_as_it_is = !text.starts_with(mark) && printable(text, text.size()) == text;
    return shown_as_it_is ? text : std::string(mark) + base64(text);
}

nlohmann::json trace_texts(const std::vector<std::string>& list) {
    nlohmann::json texts = nlohmann::json::array();
    for (const std::string& text : list) texts.push_back(trace_text(text));
    return texts;
}

void set_text(nlohmann::json& object, const char* key, std::string_view raw) {
    if (!raw.empty()) object[key] = trace_text(raw);
}

void set_flag(nlohmann::json& object, const char* key, bool flag) {
    if (flag) object[key] = true;
}

void set_where(nlohmann::json& object, const std::optional<Where>& where) {
    if (!where) return;
    nlohmann::json place = nlohmann::json::object();
    if (where->hop) place["hop"] = *where->hop;
    set_address(place, "address", where->address);
    if (where->destination_hop) place["destination_hop"] = *where->destination_hop;
    object["where"] = std::move(place);
}

}  // namespace fdnprobe::report
