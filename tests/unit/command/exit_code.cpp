#include "command/exit_code.hpp"

#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

using namespace hourkey;

TEST_CASE("A failure is told with what to do, its cause and the server's request id") {
    const test::scratch_folder folder;
    failure why(errc::not_found, "There is no such app.", "List them.", "no row");
    why.request_id = std::string("01M80WN13JKMAGAWJCZC09E4XQ");

    const int before = ::dup(STDERR_FILENO);
    const int file = ::open(folder.file("told").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(file, STDERR_FILENO);
    const int code = command::report("hourkey", why);
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(file);

    CHECK(code == command::exit_not_found);
    CHECK(folder.read("told") ==
          "hourkey: There is no such app.\n  List them.\n  cause: no row\n  request id: 01M80WN13JKMAGAWJCZC09E4XQ\n");
}
