#include "os/private_file.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace hourkey::os {

using test::code_of;
using test::scratch_folder;

TEST_CASE("A private file is its owner's alone, whatever the umask") {
    const scratch_folder folder;
    const auto before = ::umask(0);
    CHECK(write_private_file(folder.file("a"), "one", private_file_mode::only_new).has_value());
    CHECK(write_private_file(folder.file("b"), "one", private_file_mode::replace).has_value());
    ::umask(before);
    CHECK(folder.mode_of("a") == 0600);
    CHECK(folder.mode_of("b") == 0600);
    CHECK(folder.read("a") == "one");
}

TEST_CASE("only_new keeps what is there, replace puts the new in its place and leaves nothing beside it") {
    const scratch_folder folder;
    const auto path = folder.put("a", "old", 0644);
    CHECK(code_of(write_private_file(path, "new", private_file_mode::only_new)) == errc::invalid_configuration);
    CHECK(folder.read("a") == "old");
    CHECK(write_private_file(path, "new", private_file_mode::replace).has_value());
    CHECK(folder.read("a") == "new");
    CHECK(folder.mode_of("a") == 0600);
    CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("What a crash left under a temporary name disturbs neither mode") {
    for (const auto mode : {private_file_mode::only_new, private_file_mode::replace}) {
        const scratch_folder folder;
        folder.put("a.Xy12Zz", "half of something longer");
        CHECK(write_private_file(folder.file("a"), "whole", mode).has_value());
        CHECK(folder.read("a") == "whole");
        CHECK(folder.mode_of("a") == 0600);
        CHECK(folder.names().size() == 2);
    }
}

TEST_CASE("A file that cannot be written whole is not there at all") {
    const scratch_folder folder;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit few{10, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &few) == 0);
    const auto written = write_private_file(folder.file("a"), "more than ten bytes", private_file_mode::only_new);
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, old);
    CHECK(code_of(written) == errc::invalid_configuration);
    CHECK(folder.names().empty());
    CHECK(write_private_file(folder.file("a"), "whole", private_file_mode::only_new).has_value());
    CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("A folder that is not there is named, with what the system said") {
    const scratch_folder folder;
    const auto written = write_private_file(folder.file("none/a"), "x", private_file_mode::only_new);
    REQUIRE(code_of(written) == errc::invalid_configuration);
    CHECK(written.error().message.find("none/a: No such file or directory") != std::string::npos);
}

TEST_CASE("A file of root's for a group is read by who is in that group only") {
    if (::geteuid() != 0) {
        MESSAGE("not tried: only root may give a file away");
        return;
    }
    const scratch_folder folder;
    for (const auto mode : {0640U, 0440U}) {
        CAPTURE(mode);
        const auto path = folder.put("shared", "text", mode);
        REQUIRE(::chown(path.c_str(), 0, ::getegid()) == 0);
        CHECK(read_private_file(path).value().expose() == "text");
        REQUIRE(::chown(path.c_str(), 0, 54'321) == 0);
        CHECK(code_of(read_private_file(path)) == errc::invalid_configuration);
    }
}

TEST_CASE("A file that others may touch, a missing one and a huge one are not read") {
    const scratch_folder folder;
    CHECK(read_private_file(folder.put("good", "text")).value().expose() == "text");
    CHECK(read_private_file(folder.put("read-only", "text", 0400)).value().expose() == "text");
    for (const auto mode : {0660U, 0620U, 0610U, 0604U, 0602U, 0601U}) {
        CAPTURE(mode);
        CHECK(code_of(read_private_file(folder.put("open", "text", mode))) == errc::invalid_configuration);
    }
    CHECK(code_of(read_private_file(folder.file("none"))) == errc::invalid_configuration);
    CHECK(read_private_file(folder.put("full", std::string(64 * 1024, 'a'))).value().size() == 64 * 1024);
    CHECK(code_of(read_private_file(folder.put("huge", std::string(64 * 1024 + 1, 'a')))) ==
          errc::invalid_configuration);
}

TEST_CASE("A token is read whoever else may read it, without the blanks around it") {
    const scratch_folder folder;
    CHECK(read_token_file(folder.put("projected", " a.b.c\n", 0644)).value().expose() == "a.b.c");
    CHECK(read_token_file(folder.put("full", std::string(64 * 1024, 'a'))).value().size() == 64 * 1024);
    for (const auto& path : {folder.put("empty", ""), folder.put("blank", " \r\n"),
                             folder.put("huge", std::string(64 * 1024 + 1, 'a')), folder.file("none"), folder.file("")})
        CHECK(code_of(read_token_file(path)) == errc::invalid_configuration);
    const auto pipe = folder.file("pipe");  // into which nobody writes
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(code_of(read_token_file(pipe)) == errc::invalid_configuration);
}

}  // namespace hourkey::os
