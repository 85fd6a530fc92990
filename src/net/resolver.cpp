#include "net/resolver.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/ares_channel.hpp"
#include "net/condition.hpp"
#include "net/hosts_file.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::net {

namespace dns = wire::dns;

/// One name, being looked up: up to two questions, A and AAAA.
struct Resolver::Lookup {
    Lookup(Context& shared, Clock::duration budget) : context(shared), finished(shared), limit(began + budget) {}

    Event& note(What what, int code = 0, int detail = 0, std::string text = {}) {
        Event& event = resolution->evidence.emplace_back();
        event.at = context.now();
        event.stage = Stage::resolve;
        event.what = what;
        event.code = code;
        event.detail = detail;
        event.text = std::move(text);
        return event;
    }

    /// The way to the servers is closed, as the other question has just learnt: what is still out will hardly come
    /// back, and routers answer only the first of many packets.
    void lose_patience() {
        hopeless = true;
        limit = std::min(limit, Clock::now() + std::chrono::milliseconds(300));
        finished.announce();
    }

    void finish() {
        done = true;
        resolution->took = Clock::now() - began;
        finished.announce();
    }

    Context& context;
    Condition finished;
    std::shared_ptr<Resolution> resolution = std::make_shared<Resolution>();
    Clock::time_point began = Clock::now();
    Clock::time_point limit;
    std::vector<int> unanswered;  ///< types of the questions that are still out
    bool hopeless = false;        ///< a question has failed for want of a way to the servers
    bool done = false;
};

namespace {

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

}  // namespace

/// A question that is out; owned by c-ares' callback.
struct Resolver::Question {
    std::shared_ptr<Lookup> lookup;
    AresChannel* channel;
    int type;

    void read(std::string_view bytes) const {
        const auto answer = dns::decode(bytes);
        if (!answer) {
            lookup->note(What::resolve_malformed, 0, type, answer.error());
            return;
        }
        const std::string server = channel->answered_by(answer->id);
        lookup->note(What::resolve_rcode, answer->rcode, type, server);
        if (answer->rcode != dns::rcode_noerror) return;
        bool any = false;
        for (const dns::Record& record : answer->answers) {
            if (record.type != type || !record.address) continue;
            any = true;
            lookup->note(What::resolve_answer, 0, type, server).from = record.address;
            lookup->resolution->addresses.push_back(*record.address);
        }
        if (!any) lookup->note(What::resolve_no_data, 0, type, server);
    }

    void fail(int status) const {
        if (status == ARES_ETIMEOUT) {
            lookup->note(What::resolve_timeout, 0, type, joined(channel->servers()));
            return;
        }
        const auto troubles = channel->troubles();
        for (const AresChannel::Trouble& trouble : troubles) {
            if (trouble.icmp)
                lookup
                    ->note(What::icmp_error, trouble.icmp->type, trouble.icmp->code,
                           trouble.icmp->version6 ? "icmpv6" : "icmp")
                    .from = trouble.icmp->sender;
            Event& event = lookup->note(What::resolve_error, trouble.error, type, trouble.server);
            if (trouble.icmp) event.from = trouble.icmp->sender;
        }
        if (troubles.empty())
            lookup->note(What::resolve_malformed, 0, type, fmt::format("not asked: {}", ares_strerror(status)));
    }

    static void on_answer(void* argument, int status, int, unsigned char* bytes, int size) {
        const std::unique_ptr<Question> question(static_cast<Question*>(argument));
        Lookup& lookup = *question->lookup;
        std::erase(lookup.unanswered, question->type);
        if (lookup.done || status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
        if (bytes != nullptr && size > 0)
            question->read(std::string_view(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)));
        else
            question->fail(status);
        if (lookup.unanswered.empty())
            lookup.finish();
        else if (bytes == nullptr && status != ARES_ETIMEOUT)
            lookup.lose_patience();
    }
};

Resolver::Resolver(Context& context, const ResolverOptions& options)
    : context_(context), options_(options), channel_(std::make_unique<AresChannel>(context, options.servers)) {}

Resolver::~Resolver() = default;

std::vector<std::string> Resolver::servers() const { return channel_->servers(); }

void Resolver::start(const std::string& name, const std::shared_ptr<Lookup>& lookup) {
    if (!hosts_) hosts_ = read_hosts_file();
    for (const Address& address : find_in_hosts(*hosts_, name)) {
        if (!(address.family() == Family::ipv4 ? options_.ipv4 : options_.ipv6)) continue;
        lookup->note(What::resolve_hosts).from = address;
        lookup->resolution->addresses.push_back(address);
    }
    if (!lookup->resolution->addresses.empty()) {
        lookup->finish();
        return;
    }
    if (options_.ipv4) lookup->unanswered.push_back(dns::type_a);
    if (options_.ipv6) lookup->unanswered.push_back(dns::type_aaaa);
    // The list shrinks while it is worked off: c-ares may answer from within ask().
    for (const int type : std::vector<int>(lookup->unanswered)) {
        auto question = std::make_unique<Question>(Question{lookup, channel_.get(), type});
        channel_->ask(name, type, &Question::on_answer, question.release());
    }
}

Task<std::shared_ptr<const Resolution>> Resolver::resolve(std::string name) {
    const auto known = lookups_.find(name);
    const bool first = known == lookups_.end();
    const std::shared_ptr<Lookup> lookup = first ? std::make_shared<Lookup>(context_, options_.budget) : known->second;
    if (first) {
        lookups_.emplace(name, lookup);
        start(name, lookup);
    }
    Outcome waited = Outcome::ok;
    while (!lookup->done && waited == Outcome::ok) waited = co_await lookup->finished.wait(lookup->limit);
    if (!lookup->done) {
        lookup->resolution->stopped = waited == Outcome::stopped;
        if (waited == Outcome::expired && !lookup->hopeless)
            for (const int type : lookup->unanswered)
                lookup->note(What::resolve_timeout, 0, type, joined(channel_->servers()));
        lookup->finish();
    }
    co_return lookup->resolution;
}

}  // namespace fdnprobe::net
