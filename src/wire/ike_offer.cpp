#include "wire/ike_offer.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "wire/ike.hpp"

namespace fdnprobe::wire::ike {
namespace {

/// RFC 7296, 2.10: 16 bytes at least, and half of the PRF's key; SHA2-512 has 64.
constexpr std::size_t nonce_size = 32;
/// Of a public value of group 14, which every gateway of these years takes, whatever else it prefers.
constexpr std::uint16_t group_of_value = 14;
constexpr std::size_t value_size = 256;

/// As many bytes as are wanted, which differ by seed and purpose.
std::string bytes_from(std::uint64_t seed, std::string_view purpose, std::size_t size) {
    std::string bytes;
    for (std::uint32_t block = 0; bytes.size() < size; ++block) {
        ByteWriter writer;
        writer.u64(seed);
        writer.u32(block);
        bytes += hmac_sha256(purpose, writer.take());
    }
    bytes.resize(size);
    return bytes;
}

/// 0 stands for none.
std::uint64_t spi_from(std::uint64_t seed, std::string_view purpose) {
    return ByteReader(bytes_from(seed, purpose, sizeof(std::uint64_t))).u64().value_or(0) | 1U;
}

/// A square below the group's prime. Careful gateways refuse a value outside the subgroup that the generator makes
/// (NIST SP 800-56A, 5.6.2.3.1), and every square is inside it.
std::string public_value(std::uint64_t seed) {
    std::string root = bytes_from(seed, "public value", value_size / 2);
    // Not zero, and with a square that is shorter than the prime, whose first bits are all set.
    root.front() = static_cast<char>((static_cast<unsigned char>(root.front()) & 0x7FU) | 0x40U);
    std::array<std::uint32_t, value_size> sums{};
    const auto digit = [&](std::size_t index) {  // from the last
        return std::uint32_t{static_cast<unsigned char>(root[root.size() - 1 - index])};
    };
    // 128 products of two bytes each: the sums are far from 32 bits.
    for (std::size_t one = 0; one < root.size(); ++one)
        for (std::size_t other = 0; other < root.size(); ++other) sums.at(one + other) += digit(one) * digit(other);
    std::string square(value_size, '\0');
    std::uint32_t carry = 0;
    for (std::size_t index = 0; index < value_size; ++index) {
        carry += sums.at(index);
        square[value_size - 1 - index] = static_cast<char>(carry & 0xFFU);
        carry >>= 8U;
    }
    return square;
}

Transform aes(std::uint16_t id, std::uint16_t bits) {
    return {transform_encryption, id, {{attribute_key_length, bits, {}}}};
}

void add_kind(std::vector<Transform>& transforms, std::uint8_t kind, std::initializer_list<std::uint16_t> ids) {
    for (const std::uint16_t id : ids) transforms.push_back({kind, id, {}});
}

/// SHA2-256, SHA2-384, SHA2-512 and SHA1; RFC 7296, 3.3.2 and RFC 4868.
void add_prfs_and_groups(std::vector<Transform>& transforms) {
    add_kind(transforms, transform_prf, {5, 6, 7, 2});
    // MODP-2048 first, as the public value is one of it; then the ones that FortiOS offers, in the order of their use.
    add_kind(transforms, transform_group, {group_of_value, 19, 20, 5, 2, 21, 15, 16, 31});
}

/// Two: a cipher that authenticates, and one with integrity beside it, may not share a proposal (RFC 5282, 8).
std::vector<Proposal> proposals_2() {
    Proposal combined{1, protocol_ike, {}, {}};
    combined.transforms = {aes(20, 256), aes(20, 128)};  // AES-GCM-16
    add_prfs_and_groups(combined.transforms);
    Proposal separate{2, protocol_ike, {}, {}};
    separate.transforms = {aes(12, 256), aes(12, 192), aes(12, 128)};  // AES-CBC
    add_kind(separate.transforms, transform_encryption, {3});          // 3DES
    add_kind(separate.transforms, transform_integrity, {12, 13, 14, 2});
    add_prfs_and_groups(separate.transforms);
    return {combined, separate};
}

/// One proposal, whose every transform is a whole suite. All combinations of this do not fit one packet that no link
/// has to cut, so these are the ones that FortiOS and strongSwan have had as their defaults, and the oldest.
std::vector<Proposal> proposals_1() {
    struct Suite {
        std::uint16_t encryption;
        std::uint16_t bits;  // 0: it has but one length
        std::uint16_t hash;
    };
    constexpr std::array suites{Suite{7, 128, 4}, Suite{7, 256, 4}, Suite{7, 128, 2}, Suite{7, 256, 2}};
    constexpr Suite oldest{5, 0, 2};
    constexpr std::array<std::uint16_t, 3> usual_groups{14, 5, 2};
    constexpr std::uint16_t life_in_seconds = 1;
    constexpr std::uint16_t eight_hours = 28800;
    Proposal proposal{1, protocol_ike, {}, {}};
    const auto add = [&](const Suite& suite, std::uint16_t group, std::uint16_t authentication) {
        Transform transform{static_cast<std::uint8_t>(proposal.transforms.size() + 1), transform_key_ike, {}};
        transform.attributes = {{attribute_encryption, suite.encryption, {}},   {attribute_hash, suite.hash, {}},
                                {attribute_authentication, authentication, {}}, {attribute_group, group, {}},
                                {attribute_life_type, life_in_seconds, {}},     {attribute_life, eight_hours, {}}};
        if (suite.bits != 0) transform.attributes.push_back({attribute_key_length, suite.bits, {}});
        proposal.transforms.push_back(std::move(transform));
    };
    constexpr std::uint16_t pre_shared_key = 1;
    constexpr std::uint16_t rsa_signatures = 3;
    for (const std::uint16_t authentication : {pre_shared_key, rsa_signatures}) {
        for (const std::uint16_t group : usual_groups)
            for (const Suite& suite : suites) add(suite, group, authentication);
        add(oldest, 2, authentication);
    }
    return {proposal};
}

}  // namespace

std::string offer_version_2(std::uint64_t seed) {
    Message message;
    message.initiator_spi = spi_from(seed, "SPI");
    message.exchange = exchange_sa_init;
    message.flags = flag_initiator;
    message.payloads = {
        {payload_sa_2, false, encode_proposals(version_2, proposals_2())},
        {payload_key_exchange, false, encode_key_exchange(group_of_value, public_value(seed))},
        {payload_nonce, false, bytes_from(seed, "nonce", nonce_size)},
    };
    return encode(message);
}

std::string offer_version_1(std::uint64_t seed) {
    Message message;
    message.initiator_spi = spi_from(seed, "cookie");
    message.version = version_1;
    message.exchange = exchange_main_mode;
    message.payloads = {{payload_sa_1, false, encode_proposals(version_1, proposals_1())}};
    return encode(message);
}

}  // namespace fdnprobe::wire::ike
