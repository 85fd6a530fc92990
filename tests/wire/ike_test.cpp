#include "wire/ike.hpp"

#include <set>

#include "catch.hpp"
#include "wire/ike_names.hpp"
#include "wire/ike_offer.hpp"

using namespace std::string_literals;
namespace ike = fdnprobe::wire::ike;

namespace {

std::string bytes_of(std::initializer_list<int> values) {
    std::string bytes;
    for (const int value : values) bytes += static_cast<char>(value);
    return bytes;
}

const std::string initiator = bytes_of({1, 2, 3, 4, 5, 6, 7, 8});
const std::string responder = bytes_of({9, 10, 11, 12, 13, 14, 15, 16});

/// RFC 7296, 3.1 and 3.10: an answer that is one notification, byte by byte.
const std::string no_proposal_chosen =
    initiator + std::string(8, '\0') + bytes_of({41, 0x20, 34, 0x20, 0, 0, 0, 0, 0, 0, 0, 36, 0, 0, 0, 8, 0, 0, 0, 14});

/// RFC 7296, 3.3: an answer with AES-CBC-128 and one of each other kind, a KE payload and a nonce.
const std::string sa_answer =
    initiator + responder + bytes_of({33, 0x20, 34, 0x20, 0, 0, 0, 0, 0, 0, 0, 116}) +
    bytes_of({34, 0, 0, 48, 0, 0, 0, 44, 1, 1, 0, 4}) + bytes_of({3, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 0, 128}) +
    bytes_of({3, 0, 0, 8, 2, 0, 0, 5}) + bytes_of({3, 0, 0, 8, 3, 0, 0, 12}) + bytes_of({0, 0, 0, 8, 4, 0, 0, 14}) +
    bytes_of({40, 0, 0, 20, 0, 14, 0, 0}) + std::string(12, 'k') + bytes_of({0, 0, 0, 20}) + std::string(16, 'n');

/// RFC 2408, 3.4 to 3.6: an answer of Main Mode with one transform; its life is a long attribute.
const std::string main_mode_answer =
    initiator + responder + bytes_of({1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 84}) +
    bytes_of({0, 0, 0, 56, 0, 0, 0, 1, 0, 0, 0, 1}) + bytes_of({0, 0, 0, 44, 1, 1, 0, 1}) +
    bytes_of({0, 0, 0,    36, 1, 1,  0,    0, 0x80, 1, 0, 7,  0x80, 14, 1, 0, 0x80, 2,
              0, 4, 0x80, 4,  0, 14, 0x80, 3, 0,    1, 0, 12, 0,    4,  0, 0, 0x70, 0x80});

ike::Message decoded(const std::string& bytes) {
    const auto message = ike::decode(bytes);
    REQUIRE(message);
    return *message;
}

std::vector<ike::Proposal> proposals_of(const ike::Message& message) {
    const ike::Payload* sa = message.find(message.is_version_1() ? ike::payload_sa_1 : ike::payload_sa_2);
    REQUIRE(sa != nullptr);
    const auto proposals = ike::decode_proposals(message.version, sa->body);
    REQUIRE(proposals);
    return *proposals;
}

std::string with_length(std::string bytes) {
    bytes[26] = static_cast<char>(bytes.size() >> 8U);
    bytes[27] = static_cast<char>(bytes.size() & 0xFFU);
    return bytes;
}

}  // namespace

TEST_CASE("ike: an answer of one notification") {
    const ike::Message message = decoded(no_proposal_chosen);
    CHECK(message.initiator_spi == 0x0102030405060708U);
    CHECK(message.responder_spi == 0);
    CHECK(message.exchange == ike::exchange_sa_init);
    CHECK(message.flags == ike::flag_response);
    CHECK_FALSE(message.is_version_1());
    REQUIRE(message.find(ike::payload_notification_2) != nullptr);
    const auto notification = ike::decode_notification(message.version, message.payloads[0].body);
    REQUIRE(notification);
    CHECK(notification->type == ike::notify_no_proposal_chosen);
    CHECK(notification->data.empty());
    CHECK(ike::encode(message) == no_proposal_chosen);
    CHECK(ike::encode_notification(message.version, *notification) == message.payloads[0].body);
}

TEST_CASE("ike: an answer with an SA") {
    const ike::Message message = decoded(sa_answer);
    CHECK(message.responder_spi == 0x090A0B0C0D0E0F10U);
    REQUIRE(message.payloads.size() == 3);
    const auto proposals = proposals_of(message);
    REQUIRE(proposals.size() == 1);
    CHECK(proposals[0].transforms.size() == 4);
    CHECK(proposals[0].transforms[0].attribute(ike::attribute_key_length) == 128);
    CHECK_FALSE(proposals[0].transforms[1].attribute(ike::attribute_key_length));
    CHECK(ike::suite_name(message.version, proposals[0]) ==
          "AES-CBC-128, PRF-HMAC-SHA2-256, HMAC-SHA2-256-128, group 14 (MODP-2048)");
    CHECK(ike::encode(message) == sa_answer);
    CHECK(ike::encode_proposals(message.version, proposals) == message.payloads[0].body);
    CHECK(ike::encode_key_exchange(14, std::string(12, 'k')) == message.payloads[1].body);
}

TEST_CASE("ike: an answer of Main Mode") {
    const ike::Message message = decoded(main_mode_answer);
    CHECK(message.is_version_1());
    const auto proposals = proposals_of(message);
    REQUIRE(proposals.size() == 1);
    REQUIRE(proposals[0].transforms.size() == 1);
    const ike::Transform& transform = proposals[0].transforms[0];
    CHECK(transform.id == ike::transform_key_ike);
    CHECK(transform.attribute(ike::attribute_group) == 14);
    CHECK_FALSE(transform.attribute(ike::attribute_life));
    CHECK(transform.attributes.back().data == bytes_of({0, 0, 0x70, 0x80}));
    CHECK(ike::suite_name(message.version, proposals[0]) ==
          "AES-CBC-256, SHA2-256, a pre-shared key, group 14 (MODP-2048)");
    CHECK(ike::encode(message) == main_mode_answer);
    CHECK(ike::encode_proposals(message.version, proposals) == message.payloads[0].body);
}

TEST_CASE("ike: no truncation of a message is one") {
    for (const std::string& whole :
         {no_proposal_chosen, sa_answer, main_mode_answer, ike::offer_version_2(1), ike::offer_version_1(1)}) {
        REQUIRE(ike::decode(whole));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto cut = ike::decode(whole.substr(0, size));
            REQUIRE_FALSE(cut);
            CHECK_FALSE(cut.error().empty());
            // With a length field that says so, the chain of payloads still breaks, but where a payload ends.
            if (size >= ike::header_size) CHECK_FALSE(ike::decode(with_length(whole.substr(0, size))));
        }
        CHECK_FALSE(ike::decode(whole + "x"));
        CHECK_FALSE(ike::decode(with_length(whole + "x")));
    }
}

TEST_CASE("ike: no truncation of a payload's body is one") {
    const auto sa = decoded(sa_answer).payloads[0].body;
    const auto sa_1 = decoded(main_mode_answer).payloads[0].body;
    const ike::Notification notification{1, ike::notify_invalid_key_exchange, "spi!", bytes_of({0, 19})};
    for (std::size_t size = 0; size < sa.size(); ++size)
        CHECK_FALSE(ike::decode_proposals(ike::version_2, sa.substr(0, size)));
    for (std::size_t size = 0; size < sa_1.size(); ++size)
        CHECK_FALSE(ike::decode_proposals(ike::version_1, sa_1.substr(0, size)));
    for (const std::uint8_t version : {ike::version_1, ike::version_2}) {
        const std::string body = ike::encode_notification(version, notification);
        CHECK(ike::decode_notification(version, body) == notification);
        for (std::size_t size = 0; size < body.size() - notification.data.size(); ++size)
            CHECK_FALSE(ike::decode_notification(version, body.substr(0, size)));
    }
}

TEST_CASE("ike: lengths that do not fit are refused") {
    const auto broken = [](const std::string& whole, std::size_t at, char value) {
        std::string bytes = whole;
        bytes.at(at) = value;
        return ike::decode(bytes);
    };
    for (const char value : {'\0', '\3', '\x7F', '\xFF'}) {
        CHECK_FALSE(broken(no_proposal_chosen, 31, value));  // of the payload
        CHECK_FALSE(broken(no_proposal_chosen, 30, '\xFF'));
        CHECK_FALSE(broken(no_proposal_chosen, 24, '\x80'));  // of the message
    }
    // Of a proposal, its SPI, two transforms; and how many there are.
    const std::string sa = decoded(sa_answer).payloads[0].body;
    for (const std::size_t at : {3U, 6U, 7U, 11U, 23U}) {
        for (const char value : {'\1', '\xFF'}) {
            std::string body = sa;
            body[at] = value;
            INFO(at);
            CHECK_FALSE(ike::decode_proposals(ike::version_2, body));
        }
    }
    std::string long_attribute = sa;
    long_attribute[16] = '\0';  // RFC 7296, 3.3.5: what was its value is then its length
    CHECK_FALSE(ike::decode_proposals(ike::version_2, long_attribute));
    CHECK_FALSE(ike::decode_proposals(ike::version_2, ""));
    CHECK_FALSE(ike::decode_proposals(ike::version_1, ""));
    std::string of_another_domain = decoded(main_mode_answer).payloads[0].body;
    of_another_domain[3] = 2;
    CHECK_FALSE(ike::decode_proposals(ike::version_1, of_another_domain));
}

TEST_CASE("ike: chains and lists have an end") {
    ike::Message message = decoded(no_proposal_chosen);
    message.payloads.assign(ike::most_payloads, message.payloads.front());
    CHECK(ike::decode(ike::encode(message)) == message);
    message.payloads.push_back(message.payloads.front());
    CHECK_FALSE(ike::decode(ike::encode(message)));

    ike::Transform transform{ike::transform_encryption, 12, {}};
    transform.attributes.assign(ike::most_attributes, {ike::attribute_key_length, 128, {}});
    std::vector<ike::Proposal> proposals{{1, ike::protocol_ike, {}, {transform}}};
    CHECK(ike::decode_proposals(ike::version_2, ike::encode_proposals(ike::version_2, proposals)) == proposals);
    proposals[0].transforms[0].attributes.push_back({ike::attribute_key_length, 128, {}});
    CHECK_FALSE(ike::decode_proposals(ike::version_2, ike::encode_proposals(ike::version_2, proposals)));
    const ike::Proposal wide{1, ike::protocol_ike, {}, std::vector<ike::Transform>(200, {4, 14, {}})};
    CHECK(ike::decode_proposals(ike::version_2, ike::encode_proposals(ike::version_2, {wide})));
    CHECK_FALSE(ike::decode_proposals(ike::version_2, ike::encode_proposals(ike::version_2, {wide, wide})));
}

TEST_CASE("ike: what is encrypted is not read") {
    ike::Message message = decoded(no_proposal_chosen);
    message.payloads = {{ike::payload_encrypted, false, "secret"}};
    std::string bytes = ike::encode(message);
    bytes[28] = 33;  // RFC 7296, 3.14: the first payload within it
    CHECK(ike::decode(bytes) == message);

    std::string version_1 = main_mode_answer;
    version_1[19] = ike::flag_encrypted_1;
    CHECK(decoded(version_1).payloads.empty());
}

TEST_CASE("ike: other versions are none") {
    for (const int version : {0x00, 0x0F, 0x30, 0xF0}) {
        std::string bytes = no_proposal_chosen;
        bytes[17] = static_cast<char>(version);
        CHECK_FALSE(ike::decode(bytes));
    }
    std::string newer = no_proposal_chosen;
    newer[17] = 0x21;  // RFC 7296, 2.5: a minor version is no reason to refuse
    CHECK(ike::decode(newer));
    CHECK(ike::initiator_spi(no_proposal_chosen) == 0x0102030405060708U);
    CHECK_FALSE(ike::initiator_spi("1234567"));
}

TEST_CASE("ike: the offer in version 2") {
    const ike::Message message = decoded(ike::offer_version_2(7));
    CHECK(message.version == ike::version_2);
    CHECK(message.exchange == ike::exchange_sa_init);
    CHECK(message.flags == ike::flag_initiator);
    CHECK(message.id == 0);
    CHECK(message.initiator_spi != 0);
    CHECK(message.responder_spi == 0);
    REQUIRE(message.payloads.size() == 3);
    CHECK(message.payloads[0].type == ike::payload_sa_2);
    CHECK(message.payloads[1].type == ike::payload_key_exchange);
    CHECK(message.payloads[2].type == ike::payload_nonce);
    CHECK(message.payloads[2].body.size() == 32);

    // The group, and a value below its prime, which begins with 64 set bits.
    const std::string& key = message.payloads[1].body;
    CHECK(key.size() == 4 + 256);
    CHECK(key.substr(0, 4) == bytes_of({0, 14, 0, 0}));
    CHECK(static_cast<unsigned char>(key[4]) < 0x40);
    CHECK(static_cast<unsigned char>(key[4]) >= 0x10);

    const auto proposals = proposals_of(message);
    REQUIRE(proposals.size() == 2);
    for (const ike::Proposal& proposal : proposals) {
        const auto offers = [&](std::uint8_t kind, int id) {
            for (const ike::Transform& transform : proposal.transforms)
                if (transform.kind == kind && transform.id == id) return true;
            return false;
        };
        for (const int group : {2, 5, 14, 19, 20}) CHECK(offers(ike::transform_group, group));
        for (const int prf : {2, 5}) CHECK(offers(ike::transform_prf, prf));
        // RFC 5282, 8: what authenticates itself goes without a second integrity check.
        CHECK(offers(ike::transform_encryption, 20) != offers(ike::transform_encryption, 12));
        CHECK(offers(ike::transform_integrity, 12) == offers(ike::transform_encryption, 12));
        CHECK(offers(ike::transform_integrity, 2) == offers(ike::transform_encryption, 12));
    }
}

TEST_CASE("ike: the public value is a square") {
    // Of all numbers a quarter leave what a square leaves; that twenty do is no chance.
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::string key = decoded(ike::offer_version_2(seed)).payloads[1].body;
        const unsigned modulo_16 = static_cast<unsigned char>(key.back()) & 0xFU;
        CHECK((modulo_16 == 0 || modulo_16 == 1 || modulo_16 == 4 || modulo_16 == 9));
    }
}

TEST_CASE("ike: the offer in version 1") {
    const ike::Message message = decoded(ike::offer_version_1(7));
    CHECK(message.version == ike::version_1);
    CHECK(message.exchange == ike::exchange_main_mode);
    CHECK(message.flags == 0);
    CHECK(message.responder_spi == 0);
    const auto proposals = proposals_of(message);
    REQUIRE(proposals.size() == 1);
    std::set<std::string> suites;
    for (const ike::Transform& transform : proposals[0].transforms) {
        CHECK(transform.kind == suites.size() + 1);  // RFC 2408, 3.6: they are numbered from 1
        CHECK(transform.id == ike::transform_key_ike);
        suites.insert(ike::suite_name(ike::version_1, {1, 1, {}, {transform}}));
    }
    CHECK(suites.size() == proposals[0].transforms.size());
    CHECK(suites.count("AES-CBC-256, SHA2-256, a pre-shared key, group 14 (MODP-2048)") == 1);
    CHECK(suites.count("AES-CBC-128, SHA1, RSA signatures, group 5 (MODP-1536)") == 1);
    CHECK(suites.count("3DES, SHA1, a pre-shared key, group 2 (MODP-1024)") == 1);
}

TEST_CASE("ike: offers differ by seed, and fit a packet that no link has to cut") {
    std::set<std::string> offers;
    std::set<std::uint64_t> spis;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (const std::string& offer : {ike::offer_version_1(seed), ike::offer_version_2(seed)}) {
            offers.insert(offer);
            spis.insert(ike::initiator_spi(offer).value_or(0));
            CHECK(offer.size() + ike::non_esp_marker.size() <= 1280 - 40 - 8);  // RFC 8200, 5, less IPv6 and UDP
        }
        CHECK(ike::offer_version_2(seed) == ike::offer_version_2(seed));
    }
    CHECK(offers.size() == 40);
    CHECK(spis.size() == 40);
    CHECK(spis.count(0) == 0);
}

TEST_CASE("ike: names, and numbers without one") {
    CHECK(ike::notification_name(ike::version_2, 14) == "NO_PROPOSAL_CHOSEN");
    CHECK(ike::notification_name(ike::version_1, 14) == "NO-PROPOSAL-CHOSEN");
    CHECK(ike::notification_name(ike::version_2, 16390) == "COOKIE");
    CHECK(ike::notification_name(ike::version_2, 8192) == "notification 8192");
    CHECK(ike::group_name(19) == "group 19 (ECP-256)");
    CHECK(ike::group_name(1000) == "group 1000");
    const ike::Proposal odd{1, 1, {}, {{1, 999, {}}, {2, 999, {}}, {3, 999, {}}, {77, 1, {}}}};
    CHECK(ike::suite_name(ike::version_2, odd) == "encryption 999, PRF 999, integrity 999, transform 1 of kind 77");
    const ike::Proposal long_one{1, 1, {}, std::vector<ike::Transform>(100, {4, 14, {}})};
    CHECK(ike::suite_name(ike::version_2, long_one).size() < 200);
    CHECK(ike::suite_name(ike::version_1, {1, 1, {}, {}}).empty());
    CHECK(ike::suite_name(ike::version_1, {1, 1, {}, {{1, 1, {{ike::attribute_encryption, 99, {}}}}}}) ==
          "encryption 99");
}
