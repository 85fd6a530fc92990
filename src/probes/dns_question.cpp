#include "probes/dns_question.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.hpp"
#include "probes/option.hpp"

namespace fdnprobe::probes {
namespace {

/// A name that exists for as long as the service that these tables are about.
constexpr std::string_view default_question = "update.fortiguard.net";

/// Names that mean something else in every network: RFC 6761, RFC 6762 (appendix G), RFC 7686, RFC 9476, ICANN's
/// `internal`, and reverse names.
bool is_local_name(std::string_view name) {
    constexpr std::array<std::string_view, 14> local{"local",   "localhost", "internal", "intranet", "private",
                                                     "corp",    "home",      "lan",      "test",     "example",
                                                     "invalid", "onion",     "alt",      "arpa"};
    const std::vector<std::string> labels =
        split(lower(name.ends_with('.') ? name.substr(0, name.size() - 1) : name), '.');
    return labels.size() < 2 || std::find(local.begin(), local.end(), labels.back()) != local.end();
}

/// Read in pieces of a size that suits a socket; an answer about one name is a few hundred bytes.
constexpr std::size_t read_at_once = 4096;
constexpr std::size_t largest_frame = 2 + wire::dns::largest_message;

class StreamQuestion final : public Dialogue {
  public:
    StreamQuestion(std::string frame, Inside inside) : frame_(std::move(frame)), inside_(inside) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready:
                if (inside_ == Inside::tls) return Step::start_tls();
                return send();
            case Input::Kind::done: return asked_ ? read() : send();
            case Input::Kind::received:
                stream_ += input.bytes;
                if (input.bytes.empty() || wire::dns::unframe(stream_)) return Step::finish();
                return read();
            default: return Step::finish();
        }
    }

  private:
    Step send() {
        asked_ = true;
        return Step::send(frame_);
    }

    [[nodiscard]] Step read() const {
        const std::size_t whole = wire::dns::frame_size(stream_).value_or(largest_frame);
        return Step::receive(std::min(read_at_once, whole - stream_.size()));
    }

    std::string frame_;
    Inside inside_;
    bool asked_ = false;
    std::string stream_;
};

}  // namespace

bool accepts_question(const OptionValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && wire::dns::is_name(*text);
}

bool accepts_type(const OptionValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && (*text == "A" || *text == "AAAA");
}

DnsQuestion dns_question(const Check& check) {
    DnsQuestion question;
    question.type = text_option(check, "type", "A") == "AAAA" ? wire::dns::type_aaaa : wire::dns::type_a;
    if (const auto asked = text_option(check, "question", ""); wire::dns::is_name(asked)) {
        question.name = asked;
        question.is_public = !is_local_name(asked);
    } else if (!Address::parse(check.host) && wire::dns::is_name(check.host)) {
        question.name = check.host;
        question.is_public = check.public_name;
    } else {
        question.name = default_question;
        question.is_public = true;
    }
    return question;
}

std::string dns_query(const Check& check, std::uint64_t seed) {
    const DnsQuestion question = dns_question(check);
    // All of the seed counts, wherever its variety lies.
    const auto id = static_cast<std::uint16_t>((seed ^ seed >> 16U ^ seed >> 32U ^ seed >> 48U) & 0xFFFFU);
    return wire::dns::encode_query(id, question.name, question.type).value();
}

std::unique_ptr<Dialogue> ask_over_stream(const Check& check, std::uint64_t seed, Inside inside) {
    return std::make_unique<StreamQuestion>(wire::dns::frame(dns_query(check, seed)), inside);
}

}  // namespace fdnprobe::probes
