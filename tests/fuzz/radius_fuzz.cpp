// Reading any bytes as a RADIUS packet ends, stays within its bounds, and gives a packet whose attributes fill it. No
// bytes are believed that the secret was not needed for.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/radius.hpp"

namespace radius = fdnprobe::wire::radius;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read(std::string_view bytes) {
    const auto packet = radius::decode(bytes);
    if (!packet) {
        require(!packet.error().what.empty());
        return;
    }
    std::size_t size = radius::header_size;
    for (const radius::Attribute& attribute : packet->attributes) size += 2 + attribute.value.size();
    require(size == radius::packet_size(bytes) && size <= bytes.size());
    require(packet->authenticator.size() == radius::authenticator_size);
    require(!radius::name_of_code(packet->code).empty());
    if (const auto cause = packet->error_cause()) require(!radius::name_of_error_cause(*cause).empty());
}

void believe(std::string_view bytes) {
    // A secret that no corpus can hold, because it depends on the bytes.
    std::string secret(bytes);
    secret += "secret";
    require(!radius::verify_request(bytes, secret));
    const std::string request = radius::encode_status_server(1, std::string(radius::authenticator_size, 'a'), secret);
    require(!radius::verify_response(bytes, request, secret));
    const std::string answer = radius::encode_response(radius::code_access_accept, request, {}, secret);
    require(radius::verify_response(answer, request, secret).has_value());
    // Of a request, the identifier and the authenticator count.
    const auto asked = radius::decode(bytes);
    const auto same = radius::decode(request);
    if (!asked || asked->id != same->id || asked->authenticator != same->authenticator)
        require(!radius::verify_response(answer, bytes, secret));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read(bytes);
    believe(bytes);
    return 0;
}
