#include "app/recorder.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "catch.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;
using app::Recorder;
using history::Trouble;

namespace {

/// A history that takes runs, or has trouble, as it is told.
class TestHistory final : public history::History {
  public:
    std::optional<Trouble> record(const Report& run, WallTime, const Standings&, const std::vector<WatchEvent>&,
                                  const std::function<std::string(const CheckResult&)>&) override {
        const std::scoped_lock lock(mutex);
        if (!trouble.empty()) return Trouble{Trouble::Kind::busy, trouble};
        written.push_back(run.version);
        return std::nullopt;
    }
    Expected<Standings, Trouble> standings() override { return Standings{}; }
    Expected<HistoryReport, Trouble> ask(const history::Query&) override { return HistoryReport{}; }
    void retain(const Retention&) override {}
    void interrupt() override { interrupted = true; }

    std::mutex mutex;
    std::string trouble;
    std::vector<std::string> written;
    std::atomic<bool> interrupted = false;
};

/// Waits for what the recorder's thread tells.
class Told {
  public:
    void operator()(const Recorder::Status& status) {
        const std::scoped_lock lock(mutex_);
        all_.push_back(status);
        changed_.notify_all();
    }
    Recorder::Status wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, 10s, [&] { return all_.size() >= count; }));
        return all_[count - 1];
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Recorder::Status> all_;
};

Recorder::Job job(const std::string& name) {
    auto run = std::make_shared<Report>();
    run->version = name;
    return {std::move(run), WallTime(1s), {}, {}};
}

}  // namespace

TEST_CASE("runs are written in order") {
    TestHistory history;
    Told told;
    Recorder recorder(history, std::ref(told));
    for (const char* name : {"1", "2", "3"}) recorder.add(job(name));
    recorder.finish(10s);
    CHECK(history.written == std::vector<std::string>{"1", "2", "3"});
    CHECK(history.interrupted);
}

TEST_CASE("what cannot be written waits, and is tried again with the next run") {
    TestHistory history;
    history.trouble = "somebody holds it";
    Told told;
    Recorder recorder(history, std::ref(told));
    recorder.add(job("1"));
    CHECK(told.wait(1).problem == "somebody holds it");
    CHECK(told.wait(1).waiting == 1);
    recorder.add(job("2"));
    CHECK(told.wait(2).waiting == 2);
    {
        const std::scoped_lock lock(history.mutex);
        history.trouble.clear();
    }
    recorder.add(job("3"));
    const Recorder::Status last = told.wait(5);
    CHECK(last.problem.empty());
    CHECK(last.waiting == 0);
    CHECK(last.lost == 0);
    recorder.finish(10s);
    CHECK(history.written == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("the end of a watch is one more try") {
    TestHistory history;
    history.trouble = "somebody holds it";
    Told told;
    Recorder recorder(history, std::ref(told));
    recorder.add(job("1"));
    CHECK(told.wait(1).waiting == 1);
    {
        const std::scoped_lock lock(history.mutex);
        history.trouble.clear();
    }
    recorder.finish(10s);
    CHECK(history.written == std::vector<std::string>{"1"});
}

TEST_CASE("a disk that stays full costs the oldest runs, and says how many") {
    TestHistory history;
    history.trouble = "no space";
    Told told;
    Recorder recorder(history, std::ref(told));
    for (std::size_t count = 1; count <= 20; ++count) {
        recorder.add(job(std::to_string(count)));
        CHECK_FALSE(told.wait(count).problem.empty());
    }
    CHECK(told.wait(20).waiting == 16);
    CHECK(told.wait(20).lost == 4);
    {
        const std::scoped_lock lock(history.mutex);
        history.trouble.clear();
    }
    recorder.finish(10s);
    REQUIRE(history.written.size() == 16);
    CHECK(history.written.front() == "5");
    CHECK(history.written.back() == "20");
}
