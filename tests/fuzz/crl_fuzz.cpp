// Reading any bytes as a revocation list ends and stays within its bounds; of a list, every beginning is either
// incomplete or says the same of its times.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/crl.hpp"

namespace crl = fdnprobe::wire::crl;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto list = crl::parse(bytes);
    if (!list || !bytes.starts_with('\x30')) return 0;
    require(!list->whole || list->size <= bytes.size());
    for (std::size_t part = 0; part < bytes.size(); ++part) {
        const auto beginning = crl::parse(bytes.substr(0, part));
        if (!beginning) {
            require(beginning.error() == crl::Fault::incomplete);
            continue;
        }
        require(beginning->this_update == list->this_update && beginning->next_update == list->next_update);
        require(beginning->size == list->size);
    }
    return 0;
}
