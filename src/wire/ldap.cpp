#include "wire/ldap.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "wire/ber.hpp"

namespace fdnprobe::wire::ldap {
namespace {

constexpr std::uint8_t search_request = ber::tag(ber::Class::application, true, 3);
constexpr std::uint8_t unbind_request = ber::tag(ber::Class::application, false, 2);
constexpr std::uint8_t search_entry = ber::tag(ber::Class::application, true, 4);
constexpr std::uint8_t search_done = ber::tag(ber::Class::application, true, 5);
constexpr std::uint8_t search_reference = ber::tag(ber::Class::application, true, 19);
constexpr std::uint8_t extended_response = ber::tag(ber::Class::application, true, 24);
constexpr std::uint8_t present_filter = ber::tag(ber::Class::context, false, 7);
constexpr std::uint8_t referral = ber::tag(ber::Class::context, true, 3);
constexpr std::uint8_t response_name = ber::tag(ber::Class::context, false, 10);
constexpr std::string_view notice_of_disconnection = "1.3.6.1.4.1.1466.20036";
constexpr std::uint8_t class_bits = 0xC0;

struct ResultName {
    std::int32_t code;
    std::string_view name;
};

constexpr std::array result_names{
    ResultName{0, "success"},
    ResultName{1, "operationsError"},
    ResultName{2, "protocolError"},
    ResultName{3, "timeLimitExceeded"},
    ResultName{4, "sizeLimitExceeded"},
    ResultName{5, "compareFalse"},
    ResultName{6, "compareTrue"},
    ResultName{7, "authMethodNotSupported"},
    ResultName{8, "strongerAuthRequired"},
    ResultName{10, "referral"},
    ResultName{11, "adminLimitExceeded"},
    ResultName{12, "unavailableCriticalExtension"},
    ResultName{13, "confidentialityRequired"},
    ResultName{14, "saslBindInProgress"},
    ResultName{16, "noSuchAttribute"},
    ResultName{17, "undefinedAttributeType"},
    ResultName{18, "inappropriateMatching"},
    ResultName{19, "constraintViolation"},
    ResultName{20, "attributeOrValueExists"},
    ResultName{21, "invalidAttributeSyntax"},
    ResultName{32, "noSuchObject"},
    ResultName{33, "aliasProblem"},
    ResultName{34, "invalidDNSyntax"},
    ResultName{36, "aliasDereferencingProblem"},
    ResultName{48, "inappropriateAuthentication"},
    ResultName{49, "invalidCredentials"},
    ResultName{50, "insufficientAccessRights"},
    ResultName{51, "busy"},
    ResultName{52, "unavailable"},
    ResultName{53, "unwillingToPerform"},
    ResultName{54, "loopDetect"},
    ResultName{64, "namingViolation"},
    ResultName{65, "objectClassViolation"},
    ResultName{66, "notAllowedOnNonLeaf"},
    ResultName{67, "notAllowedOnRDN"},
    ResultName{68, "entryAlreadyExists"},
    ResultName{69, "objectClassModsProhibited"},
    ResultName{71, "affectsMultipleDSAs"},
    ResultName{80, "other"},
};

Unexpected<MessageProblem> fail(MessageFault fault, std::string what) {
    return Unexpected<MessageProblem>(MessageProblem{fault, std::move(what)});
}

/// SEQUENCE OF or SET OF OCTET STRING.
bool read_strings(ByteReader reader, std::vector<std::string>& strings) {
    while (reader.remaining() > 0) {
        const auto text = ber::read_content(reader, ber::octet_string);
        if (!text) return false;
        strings.emplace_back(*text);
    }
    return true;
}

/// RFC 4511, 4.5.1. The filter may be any; what an emulated server makes of it is its business.
bool read_search(ByteReader reader, Message& message) {
    const auto base = ber::read_content(reader, ber::octet_string);
    const auto scope = ber::read_number(reader, ber::enumerated);
    const auto dereferencing = ber::read_number(reader, ber::enumerated);
    const auto size_limit = ber::read_number(reader, ber::integer);
    const auto time_limit = ber::read_number(reader, ber::integer);
    const auto types_only = ber::read_content(reader, ber::boolean);
    if (!base || !scope || !dereferencing || !size_limit || !time_limit || !types_only) return false;
    const auto filter = ber::read(reader);
    const auto wanted = ber::read_content(reader, ber::sequence);
    std::vector<std::string> types;
    if (!filter || !wanted || reader.remaining() > 0 || !read_strings(ByteReader(*wanted), types)) return false;
    message.name = *base;
    message.scope = *scope;
    for (std::string& type : types) message.attributes.push_back({std::move(type), {}});
    return true;
}

/// RFC 4511, 4.5.2.
bool read_entry(ByteReader reader, Message& message) {
    const auto name = ber::read_content(reader, ber::octet_string);
    const auto list = ber::read_content(reader, ber::sequence);
    if (!name || !list || reader.remaining() > 0) return false;
    message.name = *name;
    ByteReader attributes(*list);
    while (attributes.remaining() > 0) {
        const auto pair = ber::read_content(attributes, ber::sequence);
        if (!pair) return false;
        ByteReader parts(*pair);
        const auto type = ber::read_content(parts, ber::octet_string);
        const auto values = ber::read_content(parts, ber::set);
        Attribute attribute;
        if (!type || !values || parts.remaining() > 0 || !read_strings(ByteReader(*values), attribute.values))
            return false;
        attribute.type = *type;
        message.attributes.push_back(std::move(attribute));
    }
    return true;
}

/// RFC 4511, 4.1.9. The reader then stands behind it.
bool read_result(ByteReader& reader, Message& message) {
    const auto code = ber::read_number(reader, ber::enumerated);
    const auto matched = ber::read_content(reader, ber::octet_string);
    const auto diagnostic = ber::read_content(reader, ber::octet_string);
    if (!code || !matched || !diagnostic) return false;
    [[maybe_unused]] const auto elsewhere = ber::read_content(reader, referral);
    message.result = *code;
    message.diagnostic = *diagnostic;
    return true;
}

/// RFC 4511, 4.4.1: an ExtendedResponse with the message id 0 and a name of its own.
bool read_extended(ByteReader reader, Message& message) {
    if (!read_result(reader, message)) return false;
    const auto name = ber::read_content(reader, response_name);
    if (message.id == 0 && name && *name == notice_of_disconnection) message.kind = Kind::disconnection;
    return true;
}

bool read_operation(const ber::Element& operation, Message& message) {
    ByteReader content(operation.content);
    switch (operation.tag) {
        case search_request: message.kind = Kind::search; return read_search(content, message);
        case unbind_request: message.kind = Kind::unbind; return true;
        case search_entry: message.kind = Kind::entry; return read_entry(content, message);
        case search_reference: message.kind = Kind::reference; return true;
        case search_done: message.kind = Kind::done; return read_result(content, message);
        case extended_response: return read_extended(content, message);
        default: return true;
    }
}

std::string enclose(std::int32_t id, std::string_view operation) {
    return ber::element(ber::sequence, ber::number(ber::integer, id) + std::string(operation));
}

std::string encode_result(std::int32_t result, std::string_view diagnostic) {
    return ber::number(ber::enumerated, result) + ber::element(ber::octet_string, "") +
           ber::element(ber::octet_string, diagnostic);
}

}  // namespace

Expected<Message, MessageProblem> parse_message(std::string_view bytes) {
    const auto incomplete = [] { return fail(MessageFault::incomplete, "the message has not come to its end"); };
    const auto foreign = [] { return fail(MessageFault::foreign, "it does not begin as LDAP does"); };
    if (!bytes.empty() && static_cast<unsigned char>(bytes.front()) != ber::sequence) return foreign();
    const auto size = ber::announced_size(bytes);
    if (!size) {
        if (size.error() == ber::Fault::incomplete) return incomplete();
        return fail(MessageFault::malformed, "the length of the message is none that LDAP allows");
    }
    if (*size > largest_message)
        return fail(MessageFault::malformed, fmt::format("the message is longer than {} bytes", largest_message));
    if (bytes.size() < *size) return incomplete();

    ByteReader whole(bytes.substr(0, *size));
    const auto content = ber::read_content(whole, ber::sequence);
    ByteReader reader(content.value_or(""));
    Message message;
    message.size = *size;
    const auto id = ber::read_number(reader, ber::integer);
    if (!id) return foreign();
    const auto operation = ber::read(reader);
    if (!operation) return fail(MessageFault::malformed, "the operation in the message is not whole");
    // SNMP begins in the same way.
    if ((operation->tag & class_bits) != static_cast<std::uint8_t>(ber::Class::application)) return foreign();
    // RFC 4511, 4.1.1.1.
    if (*id < 0) return fail(MessageFault::malformed, "the message id is negative");
    message.id = *id;
    if (!read_operation(*operation, message))
        return fail(MessageFault::malformed, "the operation in the message breaks LDAP's rules");
    return message;
}

std::string_view result_name(std::int32_t code) {
    const auto* const found = std::find_if(result_names.begin(), result_names.end(),
                                           [&](const ResultName& entry) { return entry.code == code; });
    return found == result_names.end() ? std::string_view() : found->name;
}

std::string encode_root_search(std::int32_t id, std::span<const std::string_view> attributes) {
    std::string wanted;
    for (const std::string_view attribute : attributes) wanted += ber::element(ber::octet_string, attribute);
    // RFC 4511, 4.5.1: from "", the object itself; aliases stay; no limits; values too.
    const std::string operation = ber::element(ber::octet_string, "") + ber::number(ber::enumerated, 0) +
                                  ber::number(ber::enumerated, 0) + ber::number(ber::integer, 0) +
                                  ber::number(ber::integer, 0) + ber::element(ber::boolean, std::string_view("\0", 1)) +
                                  ber::element(present_filter, "objectClass") + ber::element(ber::sequence, wanted);
    return enclose(id, ber::element(search_request, operation));
}

std::string encode_unbind(std::int32_t id) { return enclose(id, ber::element(unbind_request, "")); }

std::string encode_entry(std::int32_t id, std::string_view name, std::span<const Attribute> attributes) {
    std::string list;
    for (const Attribute& attribute : attributes) {
        std::string values;
        for (const std::string& value : attribute.values) values += ber::element(ber::octet_string, value);
        list += ber::element(ber::sequence,
                             ber::element(ber::octet_string, attribute.type) + ber::element(ber::set, values));
    }
    const std::string operation = ber::element(ber::octet_string, name) + ber::element(ber::sequence, list);
    return enclose(id, ber::element(search_entry, operation));
}

std::string encode_done(std::int32_t id, std::int32_t result, std::string_view diagnostic) {
    return enclose(id, ber::element(search_done, encode_result(result, diagnostic)));
}

std::string encode_disconnection(std::int32_t result, std::string_view diagnostic) {
    const std::string operation =
        encode_result(result, diagnostic) + ber::element(response_name, notice_of_disconnection);
    return enclose(0, ber::element(extended_response, operation));
}

}  // namespace fdnprobe::wire::ldap
