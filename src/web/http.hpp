// HTTP's words for an answer, by cpp-httplib.
//
// Its server has a thread for each connection, reads lines of any length, and gives a request all the time that it
// wants to take. So what comes from outside is read by request_head.hpp, with bounds, and connections are held by
// front.hpp; cpp-httplib gets a request that is whole and known to be good, and writes the answer into memory.
#pragma once

#include <memory>
#include <string>

#include "web/answer.hpp"
#include "web/request_head.hpp"

namespace fdnprobe::web {

/// Of one thread.
class HttpWriter {
  public:
    HttpWriter();
    HttpWriter(const HttpWriter&) = delete;
    HttpWriter& operator=(const HttpWriter&) = delete;
    ~HttpWriter();

    /// The bytes to send. `close`: it is the connection's last answer.
    [[nodiscard]] std::string write(bool without_body, bool close, const Answer& answer);

  private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace fdnprobe::web
