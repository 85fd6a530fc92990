// Reading any bytes as the head of a request ends, what is refused has a sentence and a status that says so, and what
// is accepted can be read in one way only.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "web/access.hpp"
#include "web/limits.hpp"
#include "web/request_head.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool has_control(std::string_view text) {
    for (const char letter : text)
        if ((static_cast<unsigned char>(letter) < 0x20 && letter != '\t') || letter == '\x7f') return true;
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fdnprobe::web;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto end = end_of_head(bytes);
    if (end) require(*end >= 2 && *end <= size && !end_of_head(bytes.substr(0, *end - 1)));
    const auto head = read_head(bytes.substr(0, end.value_or(size)));
    if (!head) {
        require(head.error().status >= 400 && head.error().status < 600 && !head.error().what.empty());
        return 0;
    }
    require(end.has_value());
    require(head->target.starts_with('/') && head->target.size() <= limits::target_bytes + 1);
    require(!head->method.empty() && head->method.find(' ') == std::string::npos);
    for (const std::string* const text :
         {&head->method, &head->target, &head->host, &head->authorization, &head->last_event_id, &head->if_none_match})
        require(!has_control(*text));
    // Nobody guesses this one.
    require(!brings_token(head->authorization, "3f1c1b6e-0d8e-4b60-9c0e-2f1f4e6a7d55"));
    return 0;
}
