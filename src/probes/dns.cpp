#include "probes/dns.hpp"

#include <memory>
#include <string>
#include <utility>

#include "probes/dns_answer.hpp"
#include "probes/dns_question.hpp"

namespace fdnprobe::probes {
namespace {

/// An off-path guesser gets this many tries, and a noisy network does not hold up the run.
constexpr int most_datagrams = 16;
/// More than any answer without EDNS has (RFC 1035, 2.3.4: 512), so that a longer one is seen whole.
constexpr std::size_t largest_datagram = 4096;
/// Who answers in another's place is nearer and answers first; the true answer is seldom this much later.
constexpr std::chrono::milliseconds second_answer_wait{250};

/// Over UDP anybody may answer. What does not fit the question is left aside and waited past; after what does fit, a
/// second and different answer would give a forger away.
class DatagramQuestion final : public Dialogue {
  public:
    explicit DatagramQuestion(std::string query) : query_(std::move(query)) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(query_);
            case Input::Kind::done: return Step::receive(largest_datagram);
            case Input::Kind::received:
                if (++datagrams_ == most_datagrams) return Step::finish();
                answered_ = answered_ || fits(input.bytes);
                return answered_ ? Step::receive(largest_datagram, second_answer_wait)
                                 : Step::receive(largest_datagram);
            default: return Step::finish();
        }
    }

  private:
    [[nodiscard]] bool fits(std::string_view bytes) const {
        const auto query = wire::dns::decode(query_);
        const auto message = wire::dns::decode(bytes);
        return query && message && answers(*message, *query);
    }

    std::string query_;
    int datagrams_ = 0;
    bool answered_ = false;
};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    if (check.transport() == Transport::udp) return std::make_unique<DatagramQuestion>(dns_query(check, occasion.seed));
    return ask_over_stream(check, occasion.seed, Inside::tcp);
}

Finding judge(const Check& check, const Attempt& attempt) {
    return check.transport() == Transport::udp ? judge_dns_datagrams(check, attempt) : judge_dns_stream(check, attempt);
}

}  // namespace

constinit const Probe dns{
    {
        .name = "dns",
        .over_tcp = true,
        .over_udp = true,
        .sends = "One DNS question for a public name, as any host asks all day.",
        .positive = "A well-formed answer to that question, with a record or without one; that the name does not "
                    "exist, or that the server refuses, is not one.",
        .options = dns_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
