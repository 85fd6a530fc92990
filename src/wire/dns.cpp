#include "wire/dns.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.hpp"

namespace fdnprobe::wire::dns {
namespace {

// The flags of RFC 1035, 4.1.1, from the left.
constexpr std::uint16_t flag_qr = 0x8000;
constexpr unsigned opcode_shift = 11;
constexpr std::uint16_t flag_aa = 0x0400;
constexpr std::uint16_t flag_tc = 0x0200;
constexpr std::uint16_t flag_rd = 0x0100;
constexpr std::uint16_t flag_ra = 0x0080;
constexpr unsigned four_bits = 0x000F;

constexpr std::size_t header_size = 12;
/// A pointer to byte 12, where the first question's name is.
constexpr std::uint16_t pointer_to_question = 0xC000 | header_size;

// What the shortest of each takes: a root name, type and class; and for a record a TTL and a length besides.
constexpr std::size_t shortest_question = 5;
constexpr std::size_t shortest_record = 11;

Unexpected<std::string> fail(std::string what) { return Unexpected<std::string>(std::move(what)); }

bool holds_address(std::uint16_t type, std::uint16_t record_class) {
    return record_class == class_in && (type == type_a || type == type_aaaa);
}

bool holds_name(std::uint16_t type, std::uint16_t record_class) {
    return record_class == class_in && (type == type_cname || type == type_ns);
}

Expected<std::string, std::string> encode_rdata(const Record& record) {
    if (record.address) {
        const bool four = record.address->family() == Family::ipv4;
        if (record.type != (four ? type_a : type_aaaa)) return fail("a record's address does not fit its type");
        const auto& bytes = record.address->bytes();
        return std::string(bytes.begin(), bytes.begin() + (four ? 4 : 16));
    }
    if (holds_name(record.type, record.record_class)) return encode_name(record.target);
    return record.rdata;
}

Expected<Record, std::string> decode_record(ByteReader& reader) {
    const std::size_t start = reader.position();
    const auto past_end = [&] { return fail(fmt::format("a record at byte {} runs past the end", start)); };
    Record record;
    auto name = decode_name(reader);
    if (!name) return fail(name.error());
    record.name = *std::move(name);
    const auto type = reader.u16();
    const auto record_class = reader.u16();
    const auto ttl = reader.u32();
    const auto length = reader.u16();
    if (!type || !record_class || !ttl || !length) return past_end();
    record.type = *type;
    record.record_class = *record_class;
    record.ttl = *ttl;
    const std::size_t rdata_start = reader.position();
    if (holds_name(record.type, record.record_class)) {
        auto target = decode_name(reader);
        if (!target) return fail(target.error());
        if (reader.position() - rdata_start != *length)
            return fail(fmt::format("a name at byte {} is not as long as its record says", rdata_start));
        record.target = *std::move(target);
        return record;
    }
    const auto rdata = reader.take(*length);
    if (!rdata) return past_end();
    if (!holds_address(record.type, record.record_class)) {
        record.rdata = *rdata;
        return record;
    }
    if (record.type == type_a) {
        std::array<std::uint8_t, 4> bytes{};
        if (rdata->size() != bytes.size()) return fail(fmt::format("an address at byte {} is not one", rdata_start));
        std::copy(rdata->begin(), rdata->end(), bytes.begin());
        record.address = Address::from_ipv4(bytes);
    } else {
        std::array<std::uint8_t, 16> bytes{};
        if (rdata->size() != bytes.size()) return fail(fmt::format("an address at byte {} is not one", rdata_start));
        std::copy(rdata->begin(), rdata->end(), bytes.begin());
        record.address = Address::from_ipv6(bytes);
    }
    return record;
}

}  // namespace

Expected<std::string, std::string> encode(const Message& message) {
    if (message.questions.size() > 0xFFFF || message.answers.size() > 0xFFFF) return fail("too many records");
    ByteWriter bytes;
    bytes.u16(message.id);
    unsigned flags = (static_cast<unsigned>(message.opcode) & four_bits) << opcode_shift | (message.rcode & four_bits);
    if (message.response) flags |= flag_qr;
    if (message.authoritative) flags |= flag_aa;
    if (message.truncated) flags |= flag_tc;
    if (message.recursion_desired) flags |= flag_rd;
    if (message.recursion_available) flags |= flag_ra;
    bytes.u16(static_cast<std::uint16_t>(flags));
    bytes.u16(static_cast<std::uint16_t>(message.questions.size()));
    bytes.u16(static_cast<std::uint16_t>(message.answers.size()));
    bytes.u16(0);
    bytes.u16(0);
    for (const Question& question : message.questions) {
        const auto name = encode_name(question.name);
        if (!name) return fail(name.error());
        bytes.append(*name);
        bytes.u16(question.type);
        bytes.u16(question.record_class);
    }
    for (const Record& record : message.answers) {
        const auto name = encode_name(record.name);
        if (!name) return fail(name.error());
        // Byte for byte, not by same_name: whoever reads the pointer gets the question's case.
        if (!message.questions.empty() && record.name == message.questions.front().name && record.name != ".")
            bytes.u16(pointer_to_question);
        else
            bytes.append(*name);
        const auto rdata = encode_rdata(record);
        if (!rdata) return fail(rdata.error());
        if (rdata->size() > 0xFFFF) return fail("a record is too long");
        bytes.u16(record.type);
        bytes.u16(record.record_class);
        bytes.u32(record.ttl);
        bytes.u16(static_cast<std::uint16_t>(rdata->size()));
        bytes.append(*rdata);
    }
    if (bytes.size() > largest_message) return fail("the message is too long");
    return bytes.take();
}

Expected<std::string, std::string> encode_query(std::uint16_t id, std::string_view name, std::uint16_t type,
                                                bool recursion_desired) {
    Message query;
    query.id = id;
    query.recursion_desired = recursion_desired;
    query.questions.push_back({std::string(name), type, class_in});
    return encode(query);
}

Message response_to(const Message& query, std::uint8_t rcode, std::vector<Record> answers) {
    Message response;
    response.id = query.id;
    response.response = true;
    response.opcode = query.opcode;
    response.recursion_desired = query.recursion_desired;
    response.recursion_available = true;
    response.rcode = rcode;
    response.questions = query.questions;
    response.answers = std::move(answers);
    return response;
}

bool answers(const Message& message, const Message& query) {
    if (!message.response || message.id != query.id || message.opcode != query.opcode) return false;
    if (message.questions.empty()) return message.rcode != rcode_noerror;
    return message.questions.size() == query.questions.size() &&
           std::equal(message.questions.begin(), message.questions.end(), query.questions.begin(),
                      [](const Question& one, const Question& other) {
                          return one.type == other.type && one.record_class == other.record_class &&
                                 same_name(one.name, other.name);
                      });
}

Record address_record(std::string_view name, const Address& address, std::uint32_t ttl) {
    Record record;
    record.name = name;
    record.type = address.family() == Family::ipv4 ? type_a : type_aaaa;
    record.ttl = ttl;
    record.address = address;
    return record;
}

Record cname_record(std::string_view name, std::string_view target, std::uint32_t ttl) {
    Record record;
    record.name = name;
    record.type = type_cname;
    record.ttl = ttl;
    record.target = target;
    return record;
}

Expected<Message, std::string> decode(std::string_view bytes) {
    if (bytes.size() < header_size) return fail(fmt::format("{} bytes are fewer than a header has", bytes.size()));
    if (bytes.size() > largest_message) return fail(fmt::format("{} bytes are more than a message has", bytes.size()));
    ByteReader reader(bytes);
    Message message;
    message.id = *reader.u16();
    const std::uint16_t flags = *reader.u16();
    message.response = (flags & flag_qr) != 0;
    message.opcode = static_cast<std::uint8_t>((flags >> opcode_shift) & four_bits);
    message.authoritative = (flags & flag_aa) != 0;
    message.truncated = (flags & flag_tc) != 0;
    message.recursion_desired = (flags & flag_rd) != 0;
    message.recursion_available = (flags & flag_ra) != 0;
    message.rcode = static_cast<std::uint8_t>(flags & four_bits);
    const std::size_t questions = *reader.u16();
    const std::size_t answers = *reader.u16();
    const std::size_t authorities = *reader.u16();
    const std::size_t additionals = *reader.u16();
    const std::size_t others = authorities + additionals;
    // Before anything is read, so that a lie about the counts costs nothing.
    if (questions * shortest_question + (answers + others) * shortest_record > reader.remaining())
        return fail(fmt::format("{} questions and {} records do not fit in {} bytes", questions, answers + others,
                                bytes.size()));
    for (std::size_t index = 0; index < questions; ++index) {
        auto name = decode_name(reader);
        if (!name) return fail(name.error());
        const auto type = reader.u16();
        const auto record_class = reader.u16();
        if (!type || !record_class) return fail("a question runs past the end");
        if (message.questions.size() < most_records)
            message.questions.push_back({*std::move(name), *type, *record_class});
    }
    for (std::size_t index = 0; index < answers + others; ++index) {
        auto record = decode_record(reader);
        if (!record) return fail(record.error());
        if (index >= answers) continue;
        if (message.answers.size() < most_records)
            message.answers.push_back(*std::move(record));
        else
            ++message.answers_left;
    }
    message.trailing = reader.remaining();
    return message;
}

std::string rcode_name(int rcode) {
    constexpr std::array names{"NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
                               "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};
    if (rcode >= 0 && static_cast<std::size_t>(rcode) < names.size()) return names[static_cast<std::size_t>(rcode)];
    return fmt::format("RCODE{}", rcode);
}

std::string type_name(int type) {
    constexpr std::array names{std::pair{1, "A"},    std::pair{2, "NS"},   std::pair{5, "CNAME"}, std::pair{6, "SOA"},
                               std::pair{12, "PTR"}, std::pair{15, "MX"},  std::pair{16, "TXT"},  std::pair{28, "AAAA"},
                               std::pair{33, "SRV"}, std::pair{41, "OPT"}, std::pair{65, "HTTPS"}};
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == type; });
    return found == names.end() ? fmt::format("TYPE{}", type) : found->second;
}

std::string frame(std::string_view message) {
    const std::string_view whole = message.substr(0, largest_message);
    ByteWriter bytes;
    bytes.u16(static_cast<std::uint16_t>(whole.size()));
    bytes.append(whole);
    return bytes.take();
}

std::optional<std::size_t> frame_size(std::string_view stream) {
    const auto length = ByteReader(stream).u16();
    if (!length) return std::nullopt;
    return std::size_t{2} + *length;
}

std::optional<std::string_view> unframe(std::string_view stream) {
    ByteReader reader(stream);
    const auto length = reader.u16();
    return length ? reader.take(*length) : std::nullopt;
}

}  // namespace fdnprobe::wire::dns
