#include "wire/crl.hpp"

#include <array>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nettle/base64.h>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "wire/ber.hpp"

namespace fdnprobe::wire::crl {
namespace {

constexpr std::string_view pem_begin = "-----BEGIN X509 CRL-----";  // RFC 7468, 6
constexpr std::string_view dashes = "-----";
constexpr std::uint8_t bit_string = ber::tag(ber::Class::universal, false, 3);
constexpr std::uint8_t object_identifier = ber::tag(ber::Class::universal, false, 6);
constexpr std::uint8_t utf8_string = ber::tag(ber::Class::universal, false, 12);
constexpr std::uint8_t utc_time = ber::tag(ber::Class::universal, false, 23);
constexpr std::uint8_t generalized_time = ber::tag(ber::Class::universal, false, 24);
constexpr std::uint8_t extensions = ber::tag(ber::Class::context, true, 0);
constexpr std::int32_t version_2 = 1;

Unexpected<Fault> fail(Fault fault) { return Unexpected<Fault>(fault); }

/// An element of which perhaps only the beginning is there.
struct Opened {
    std::string_view content;   ///< as much as there is
    std::size_t header = 0;     ///< bytes of tag and length
    std::size_t announced = 0;  ///< bytes that the content should have
    [[nodiscard]] bool whole() const { return content.size() == announced; }
};

Expected<Opened, Fault> open(std::string_view bytes, std::uint8_t tag) {
    if (!bytes.empty() && static_cast<unsigned char>(bytes[0]) != tag) return fail(Fault::foreign);
    const auto size = ber::announced_size(bytes);
    if (!size) return fail(size.error() == ber::Fault::incomplete ? Fault::incomplete : Fault::foreign);
    // X.690, 8.1.3.5: a length above 127 says first how many bytes it has.
    const auto first = static_cast<unsigned char>(bytes[1]);
    Opened opened;
    opened.header = 2 + (first < 0x80 ? std::size_t{0} : std::size_t{first & 0x7FU});
    opened.announced = *size - opened.header;
    opened.content = bytes.substr(opened.header, opened.announced);
    return opened;
}

/// RFC 5280, 5.1.2.4: with seconds, and in UTC.
std::optional<std::chrono::sys_seconds> read_time(const ber::Element& element) {
    std::string_view text = element.content;
    const std::size_t year_digits = element.tag == utc_time ? 2 : 4;
    if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
    const auto year = parse_number(text.substr(0, year_digits), 0, 9999);
    text.remove_prefix(year_digits);
    std::array<long, 5> fields{};
    for (std::size_t index = 0; index < fields.size(); ++index) {
        const auto field = parse_number(text.substr(2 * index, 2), 0, 99);
        if (!field) return std::nullopt;
        fields[index] = *field;
    }
    if (!year) return std::nullopt;
    // RFC 5280, 4.1.2.5.1: two digits stand for the years from 1950 to 2049.
    const long whole_year = element.tag == utc_time ? *year + (*year < 50 ? 2000 : 1900) : *year;
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(whole_year)),
        std::chrono::month(static_cast<unsigned>(fields[0])),
        std::chrono::day(static_cast<unsigned>(fields[1])),
    };
    if (!date.ok() || fields[2] > 23 || fields[3] > 59 || fields[4] > 59) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(fields[2]) + std::chrono::minutes(fields[3]) +
           std::chrono::seconds(fields[4]);
}

/// The list that is to be signed (RFC 5280, 5.1.2), field by field.
class Fields {
  public:
    explicit Fields(const Opened& list) : reader_(list.content), whole_(list.whole()) {}

    Expected<ber::Element, Fault> next() {
        const auto element = ber::read(reader_);
        if (element) return *element;
        return fail(element.error() == ber::Fault::incomplete && !whole_ ? Fault::incomplete : Fault::foreign);
    }

    /// The tag of the next field; nothing at the end of the list.
    Expected<std::optional<std::uint8_t>, Fault> next_tag() {
        if (reader_.remaining() != 0) return static_cast<std::uint8_t>(reader_.all()[reader_.position()]);
        if (!whole_) return fail(Fault::incomplete);
        return std::nullopt;
    }

    [[nodiscard]] bool at_end() const { return reader_.remaining() == 0; }

  private:
    ByteReader reader_;
    bool whole_;
};

bool is_time(std::uint8_t tag) { return tag == utc_time || tag == generalized_time; }

/// Up to the times.
Expected<Crl, Fault> read_beginning(Fields& fields) {
    auto field = fields.next();
    if (!field) return fail(field.error());
    if (field->tag == ber::integer) {
        ByteReader version(field->content);
        // In the first version the field is absent; in a certificate, a serial number stands here.
        if (field->content.size() != 1 || version.u8() != version_2) return fail(Fault::foreign);
        field = fields.next();
        if (!field) return fail(field.error());
    }
    if (field->tag != ber::sequence) return fail(Fault::foreign);  // the algorithm
    const auto issuer = fields.next();
    if (!issuer) return fail(issuer.error());
    if (issuer->tag != ber::sequence) return fail(Fault::foreign);
    const auto made = fields.next();
    if (!made) return fail(made.error());
    const auto this_update = is_time(made->tag) ? read_time(*made) : std::nullopt;
    if (!this_update) return fail(Fault::foreign);
    Crl crl;
    crl.this_update = *this_update;
    const auto tag = fields.next_tag();
    if (!tag) return fail(tag.error());
    if (!*tag || !is_time(**tag)) return crl;
    const auto end = fields.next();
    if (!end) return fail(end.error());
    crl.next_update = read_time(*end);
    if (!crl.next_update) return fail(Fault::foreign);
    return crl;
}

/// Entries and extensions, each at most once and in this order.
bool read_end(Fields& fields) {
    bool entries_allowed = true;
    while (!fields.at_end()) {
        const auto field = fields.next();
        if (!field) return false;
        if (field->tag == extensions) return fields.at_end();
        if (field->tag != ber::sequence || !std::exchange(entries_allowed, false)) return false;
    }
    return true;
}

Expected<Crl, Fault> parse_der(std::string_view bytes) {
    const auto outer = open(bytes, ber::sequence);
    if (!outer) return fail(outer.error());
    const auto list = open(outer->content, ber::sequence);
    if (!list) return fail(outer->whole() ? Fault::foreign : list.error());
    if (list->header + list->announced > outer->announced) return fail(Fault::foreign);
    Fields fields(*list);
    auto crl = read_beginning(fields);
    if (!crl) return crl;
    crl->size = outer->header + outer->announced;
    crl->whole = outer->whole();
    if (!crl->whole) return crl;
    if (!read_end(fields)) return fail(Fault::foreign);
    ByteReader rest(outer->content.substr(list->header + list->announced));
    const bool is_signed =
        ber::read_content(rest, ber::sequence) && ber::read_content(rest, bit_string) && rest.remaining() == 0;
    if (!is_signed) return fail(Fault::foreign);
    return crl;
}

/// What is between the lines of dashes; of a text that breaks off, as much as there is.
std::optional<std::string> decode_pem(std::string_view text) {
    text.remove_prefix(pem_begin.size());
    text = text.substr(0, text.find(dashes));
    base64_decode_ctx context{};
    base64_decode_init(&context);
    std::string bytes(BASE64_DECODE_LENGTH(text.size()), '\0');
    std::size_t size = bytes.size();
    if (base64_decode_update(&context, &size, reinterpret_cast<std::uint8_t*>(bytes.data()), text.size(),
                             text.data()) == 0)
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

std::string encode_time(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return ber::element(generalized_time,
                        fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                    clock.hours().count(), clock.minutes().count(), clock.seconds().count()));
}

}  // namespace

Expected<Crl, Fault> parse(std::string_view bytes) {
    const std::string_view beginning = bytes.substr(0, pem_begin.size());
    if (bytes.empty() || !pem_begin.starts_with(beginning)) return parse_der(bytes);
    if (beginning.size() < pem_begin.size()) return fail(Fault::incomplete);
    const auto der = decode_pem(bytes);
    if (!der) return fail(Fault::foreign);
    return parse_der(*der);
}

std::string encode(std::chrono::sys_seconds this_update, std::chrono::sys_seconds next_update) {
    using namespace std::string_view_literals;
    // ecdsa-with-SHA256 (RFC 5758, 3.2) and a name of one CN.
    const std::string algorithm =
        ber::element(ber::sequence, ber::element(object_identifier, "\x2A\x86\x48\xCE\x3D\x04\x03\x02"sv));
    const std::string common_name = ber::element(
        ber::sequence, ber::element(object_identifier, "\x55\x04\x03"sv) + ber::element(utf8_string, "fdnprobe lab"));
    const std::string list =
        ber::element(ber::sequence, ber::number(ber::integer, version_2) + algorithm +
                                        ber::element(ber::sequence, ber::element(ber::set, common_name)) +
                                        encode_time(this_update) + encode_time(next_update));
    const std::string signature = ber::element(bit_string, std::string(65, '\0'));
    return ber::element(ber::sequence, list + algorithm + signature);
}

}  // namespace fdnprobe::wire::crl
