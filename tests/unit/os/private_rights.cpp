#include "os/private_rights.hpp"

#include <doctest/doctest.h>

#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace hourkey;

TEST_CASE("a secret's file is its owner's alone, or root's and readable by a group of this process") {
    const auto own_user = ::geteuid();
    const auto own_group = ::getegid();
    constexpr uid_t other_user = 54'321;
    constexpr gid_t other_group = 54'321;
    struct row {
        const char* name;
        mode_t mode;
        uid_t user;
        gid_t group;
        bool is_private;
    };
    for (const auto& r :
         {row{"its owner's alone", 0600, own_user, own_group, true}, row{"read only", 0400, own_user, own_group, true},
          row{"root's alone", 0400, 0, other_group, true}, row{"fsGroup", 0440, 0, own_group, true},
          row{"installed for the group", 0640, 0, own_group, true},
          row{"for another group", 0640, 0, other_group, false},
          row{"another user's, for our group", 0640, other_user, own_group, false},
          row{"the group may write", 0660, 0, own_group, false},
          row{"the group may execute", 0650, 0, own_group, false}, row{"others may read", 0604, 0, own_group, false},
          row{"others may read too", 0644, 0, own_group, false},
          row{"others may write", 0602, own_user, own_group, false}}) {
        CAPTURE(r.name);
        struct stat about{};
        about.st_mode = S_IFREG | r.mode;
        about.st_uid = r.user;
        about.st_gid = r.group;
        CHECK(os::is_private_file(about) == r.is_private);
    }
}

TEST_CASE("every group of the process counts") {
    std::vector<gid_t> groups(static_cast<std::size_t>(::getgroups(0, nullptr)));
    REQUIRE(::getgroups(static_cast<int>(groups.size()), groups.data()) == static_cast<int>(groups.size()));
    for (const auto group : groups) {
        struct stat about{};
        about.st_mode = S_IFREG | 0440;
        about.st_gid = group;
        CHECK(os::is_private_file(about));
    }
}
