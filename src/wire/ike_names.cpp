#include "wire/ike_names.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace fdnprobe::wire::ike {
namespace {

struct Name {
    std::uint16_t number;
    std::string_view text;
};

constexpr Name notifications[] = {
    {1, "UNSUPPORTED_CRITICAL_PAYLOAD"},
    {4, "INVALID_IKE_SPI"},
    {5, "INVALID_MAJOR_VERSION"},
    {7, "INVALID_SYNTAX"},
    {9, "INVALID_MESSAGE_ID"},
    {11, "INVALID_SPI"},
    {14, "NO_PROPOSAL_CHOSEN"},
    {17, "INVALID_KE_PAYLOAD"},
    {24, "AUTHENTICATION_FAILED"},
    {34, "SINGLE_PAIR_REQUIRED"},
    {35, "NO_ADDITIONAL_SAS"},
    {36, "INTERNAL_ADDRESS_FAILURE"},
    {37, "FAILED_CP_REQUIRED"},
    {38, "TS_UNACCEPTABLE"},
    {39, "INVALID_SELECTORS"},
    {43, "TEMPORARY_FAILURE"},
    {44, "CHILD_SA_NOT_FOUND"},
    {16390, "COOKIE"},
    {16407, "REDIRECT"},
};

constexpr Name notifications_1[] = {
    {1, "INVALID-PAYLOAD-TYPE"},
    {2, "DOI-NOT-SUPPORTED"},
    {3, "SITUATION-NOT-SUPPORTED"},
    {4, "INVALID-COOKIE"},
    {5, "INVALID-MAJOR-VERSION"},
    {6, "INVALID-MINOR-VERSION"},
    {7, "INVALID-EXCHANGE-TYPE"},
    {8, "INVALID-FLAGS"},
    {9, "INVALID-MESSAGE-ID"},
    {10, "INVALID-PROTOCOL-ID"},
    {11, "INVALID-SPI"},
    {12, "INVALID-TRANSFORM-ID"},
    {13, "ATTRIBUTES-NOT-SUPPORTED"},
    {14, "NO-PROPOSAL-CHOSEN"},
    {15, "BAD-PROPOSAL-SYNTAX"},
    {16, "PAYLOAD-MALFORMED"},
    {17, "INVALID-KEY-INFORMATION"},
    {24, "AUTHENTICATION-FAILED"},
    {29, "UNSUPPORTED-EXCHANGE-TYPE"},
    {30, "UNEQUAL-PAYLOAD-LENGTHS"},
};

constexpr Name groups[] = {
    {1, "MODP-768"},       {2, "MODP-1024"},      {5, "MODP-1536"},      {14, "MODP-2048"},  {15, "MODP-3072"},
    {16, "MODP-4096"},     {17, "MODP-6144"},     {18, "MODP-8192"},     {19, "ECP-256"},    {20, "ECP-384"},
    {21, "ECP-521"},       {22, "MODP-1024"},     {23, "MODP-2048"},     {24, "MODP-2048"},  {27, "brainpool-224"},
    {28, "brainpool-256"}, {29, "brainpool-384"}, {30, "brainpool-512"}, {31, "Curve25519"}, {32, "Curve448"},
};

constexpr Name encryptions[] = {
    {2, "DES"},        {3, "3DES"},        {12, "AES-CBC"},    {13, "AES-CTR"},
    {18, "AES-GCM-8"}, {19, "AES-GCM-12"}, {20, "AES-GCM-16"}, {28, "ChaCha20-Poly1305"},
};
constexpr Name prfs[] = {
    {1, "PRF-HMAC-MD5"},      {2, "PRF-HMAC-SHA1"},     {4, "PRF-AES-XCBC"}, {5, "PRF-HMAC-SHA2-256"},
    {6, "PRF-HMAC-SHA2-384"}, {7, "PRF-HMAC-SHA2-512"}, {8, "PRF-AES-CMAC"},
};
constexpr Name integrities[] = {
    {1, "HMAC-MD5-96"},        {2, "HMAC-SHA1-96"},       {5, "AES-XCBC-96"},
    {12, "HMAC-SHA2-256-128"}, {13, "HMAC-SHA2-384-192"}, {14, "HMAC-SHA2-512-256"},
};
constexpr Name encryptions_1[] = {{1, "DES"}, {5, "3DES"}, {7, "AES-CBC"}};
constexpr Name hashes_1[] = {{1, "MD5"}, {2, "SHA1"}, {4, "SHA2-256"}, {5, "SHA2-384"}, {6, "SHA2-512"}};
constexpr Name authentications_1[] = {{1, "a pre-shared key"}, {3, "RSA signatures"}};

std::string look_up(std::span<const Name> names, std::string_view kind, std::uint16_t number) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.number == number; });
    return found == names.end() ? fmt::format("{} {}", kind, number) : std::string(found->text);
}

void add_key_length(std::string& name, const Transform& transform) {
    if (const auto bits = transform.attribute(attribute_key_length)) name += fmt::format("-{}", *bits);
}

std::string transform_name(const Transform& transform) {
    switch (transform.kind) {
        case transform_encryption: {
            std::string name = look_up(encryptions, "encryption", transform.id);
            add_key_length(name, transform);
            return name;
        }
        case transform_prf: return look_up(prfs, "PRF", transform.id);
        case transform_integrity: return look_up(integrities, "integrity", transform.id);
        case transform_group: return group_name(transform.id);
        default: return fmt::format("transform {} of kind {}", transform.id, transform.kind);
    }
}

std::vector<std::string> parts_of_1(const Transform& transform) {
    std::vector<std::string> parts;
    if (const auto encryption = transform.attribute(attribute_encryption)) {
        parts.push_back(look_up(encryptions_1, "encryption", *encryption));
        add_key_length(parts.back(), transform);
    }
    if (const auto hash = transform.attribute(attribute_hash)) parts.push_back(look_up(hashes_1, "hash", *hash));
    if (const auto way = transform.attribute(attribute_authentication))
        parts.push_back(look_up(authentications_1, "authentication", *way));
    if (const auto group = transform.attribute(attribute_group)) parts.push_back(group_name(*group));
    return parts;
}

}  // namespace

std::string notification_name(std::uint8_t version, std::uint16_t type) {
    return look_up(version >> 4U == 1 ? std::span<const Name>(notifications_1) : std::span<const Name>(notifications),
                   "notification", type);
}

std::string group_name(std::uint16_t group) {
    const auto* const found =
        std::find_if(std::begin(groups), std::end(groups), [&](const Name& name) { return name.number == group; });
    return found == std::end(groups) ? fmt::format("group {}", group)
                                     : fmt::format("group {} ({})", group, found->text);
}

std::string suite_name(std::uint8_t version, const Proposal& proposal) {
    std::vector<std::string> parts;
    if (version >> 4U == 1) {
        if (!proposal.transforms.empty()) parts = parts_of_1(proposal.transforms.front());
    } else {
        // An answer has one of each kind (RFC 7296, 2.7); a sentence has no room for more.
        constexpr std::size_t most_parts = 6;
        for (const Transform& transform : proposal.transforms)
            if (parts.size() < most_parts) parts.push_back(transform_name(transform));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace fdnprobe::wire::ike
