// Reading any bytes as an HTTP head ends and stays within its bounds; a head is the same whatever follows it, and
// every truncation of it is incomplete.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/http.hpp"

namespace http = fdnprobe::wire::http;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void response(std::string_view bytes) {
    const auto head = http::parse_response_head(bytes);
    if (!head) {
        require(!head.error().what.empty());
        return;
    }
    require(head->status >= 100 && head->status <= 999);
    require(head->headers.size() <= http::most_headers);
    require(head->size <= std::min(bytes.size(), http::largest_head));
    require(http::head_size(bytes) == head->size);
    require(http::parse_response_head(bytes.substr(0, head->size)) == head);
    for (std::size_t size = head->size > 64 ? head->size - 64 : 0; size < head->size; ++size) {
        const auto part = http::parse_response_head(bytes.substr(0, size));
        require(!part && part.error().fault == http::HeadFault::incomplete);
    }
}

void connect_answer(std::string_view bytes) {
    const auto head = http::parse_connect_answer(bytes);
    if (!head) {
        require(!head.error().what.empty());
        return;
    }
    require(head->status == 101 || head->status >= 200);
    require(head->size <= bytes.size());
    require(http::parse_connect_answer(bytes.substr(0, head->size)) == head);
    for (std::size_t size = head->size > 64 ? head->size - 64 : 0; size < head->size; ++size)
        require(!http::parse_connect_answer(bytes.substr(0, size)));
}

void request(std::string_view bytes) {
    const auto line = http::parse_request_line(bytes);
    if (!line) {
        require(!line.error().what.empty());
        return;
    }
    require(!line->method.empty() && !line->target.empty() && line->version.size() == 3);
}

/// Nothing in a host or a path may end the request's head early.
void written(std::string_view bytes) {
    const std::size_t half = bytes.size() / 2;
    const std::string get = http::encode_get(bytes.substr(0, half), bytes.substr(half));
    require(http::head_size(get) == get.size());
    require(std::count(get.begin(), get.end(), '\n') == 6);
    const std::string connect = http::encode_connect(bytes.substr(0, half), bytes.substr(half));
    require(http::head_size(connect) == connect.size());
    require(std::count(connect.begin(), connect.end(), '\n') == (half < bytes.size() ? 5 : 4));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    response(bytes);
    connect_answer(bytes);
    request(bytes);
    written(bytes);
    return 0;
}
