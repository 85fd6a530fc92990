// Reading what stands behind any HTTP head ends and makes no more of it than there is; a body that is complete stays as
// it is, whatever follows, and of every other one, more bytes bring the same beginning.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/http_body.hpp"

namespace http = fdnprobe::wire::http;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void body(std::string_view bytes) {
    const auto head = http::parse_response_head(bytes);
    if (!head) return;
    const http::Body whole = http::read_body(*head, bytes, false);
    require(whole.bytes.size() <= bytes.size() - head->size);
    require(!(whole.complete && whole.malformed));
    const http::Body ended = http::read_body(*head, bytes, true);
    require(ended.bytes == whole.bytes && ended.malformed == whole.malformed);
    const std::size_t last = std::min(bytes.size(), head->size + 512);
    for (std::size_t size = head->size; size < last; ++size) {
        const http::Body part = http::read_body(*head, bytes.substr(0, size), false);
        require(whole.bytes.starts_with(part.bytes));
        require(!part.complete || part == whole);
        require(!part.malformed || part == whole);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    body(bytes);
    if (const auto date = http::parse_date(bytes)) require(date->time_since_epoch().count() >= 0);
    return 0;
}
