#include <csignal>
#include <exception>
#include <string>

#include "app/app.hpp"
#include "app/exit_code.hpp"
#include "app/terminal.hpp"

int main(int argument_count, char** arguments) {
    // A reader that goes away, such as `head`, is told by the failing write.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return fdnprobe::app::run(argument_count, arguments);
    } catch (const std::exception& fault) {
        fdnprobe::app::complain(std::string("a fault of fdnprobe, please report it: ") + fault.what());
        return fdnprobe::app::exit_internal;
    }
}
