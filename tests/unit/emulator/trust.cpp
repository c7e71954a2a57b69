#include "emulator/trust.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

namespace {

const principal user{"AKIA1", "arn:aws:iam::111122223333:user/hourkey", "arn:aws:iam::111122223333:user/hourkey", "AIDA1", false};
const principal session{"ASIA1", "arn:aws:sts::111122223333:assumed-role/server/s-1", "arn:aws:iam::111122223333:role/hourkey/server", "AROA1:s-1", true};
const principal root{"AKIA0", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root", "111122223333", false};
const principal stranger{"AKIA9", "arn:aws:iam::999999999999:user/hourkey", "arn:aws:iam::999999999999:user/hourkey", "AIDA9", false};
const principal chinese{"AKIAC", "arn:aws-cn:iam::111122223333:user/hourkey", "arn:aws-cn:iam::111122223333:user/hourkey", "AIDAC", false};

const std::string account = "arn:aws:iam::111122223333:root";

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("trust is decided by principal, condition and external id together") {
    struct row {
        const char* name;
        const principal& caller;
        texts principals;
        texts condition;
        texts ids;
        std::optional<std::string> id;
        bool trusted;
    };
    const row rows[] = {
        {"exact user", user, {user.arn}, {}, {}, {}, true},
        {"user whose name goes on", user, {user.arn + "2"}, {}, {}, {}, false},
        {"user whose name is cut", user, {"arn:aws:iam::111122223333:user/hour"}, {}, {}, {}, false},
        {"same name in another account", stranger, {user.arn}, {}, {}, {}, false},
        {"second of a list", user, {stranger.arn, user.arn}, {}, {}, {}, true},
        {"nobody", user, {}, {}, {}, {}, false},
        {"anybody", stranger, {"*"}, {}, {}, {}, true},
        {"account root", user, {account}, {}, {}, {}, true},
        {"account number", user, {"111122223333"}, {}, {}, {}, true},
        {"account root, stranger", stranger, {account}, {}, {}, {}, false},
        {"account root of another partition", user, {"arn:aws-cn:iam::111122223333:root"}, {}, {}, {}, false},
        {"the root user itself", root, {account}, {}, {}, {}, false},
        {"role of a session", session, {session.principal_arn}, {}, {}, {}, true},
        {"role of a session without its path", session, {"arn:aws:iam::111122223333:role/server"}, {}, {}, {}, false},
        {"session by name", session, {session.arn}, {}, {}, {}, true},
        {"session through its account", session, {account}, {}, {}, {}, true},
        {"account and condition", user, {account}, {user.arn}, {}, {}, true},
        {"account and condition on the role", session, {account}, {session.principal_arn}, {}, {}, true},
        {"account and condition on the session's ARN", session, {account}, {session.arn}, {}, {}, false},
        {"account and another condition", user, {account}, {session.principal_arn}, {}, {}, false},
        {"condition alone does not open", stranger, {account}, {stranger.arn}, {}, {}, false},
        {"condition with a wildcard in the path", session, {account}, {"arn:aws:iam::111122223333:role/*server"}, {}, {}, true},
        {"condition whose wildcard stands for nothing", session, {account}, {"arn:aws:iam::111122223333:role/hourkey/*server"}, {}, {}, true},
        {"condition with one character left open", session, {account}, {"arn:aws:iam::111122223333:role/hourkey/s?rver"}, {}, {}, true},
        {"condition with a wildcard that stops short", session, {account}, {"arn:aws:iam::111122223333:role/*serv"}, {}, {}, false},
        {"condition whose wildcard would cross into the account", session, {account}, {"arn:aws:iam::*server"}, {}, {}, false},
        {"condition with a wildcard for any account", session, {account}, {"arn:aws:iam::*:role/hourkey/server"}, {}, {}, true},
        {"second of two conditions", user, {account}, {session.principal_arn, user.arn}, {}, {}, true},
        {"right external id", user, {user.arn}, {}, {"hk-1"}, "hk-1", true},
        {"second external id", user, {user.arn}, {}, {"hk-1", "hk-2"}, "hk-2", true},
        {"wrong external id", user, {user.arn}, {}, {"hk-1"}, "hk-2", false},
        {"external id in other case", user, {user.arn}, {}, {"hk-1"}, "HK-1", false},
        {"prefix of the external id", user, {user.arn}, {}, {"hk-1"}, "hk-", false},
        {"missing external id", user, {user.arn}, {}, {"hk-1"}, {}, false},
        {"right id, wrong caller", stranger, {user.arn}, {}, {"hk-1"}, "hk-1", false},
        {"right id, wrong condition", user, {account}, {session.principal_arn}, {"hk-1"}, "hk-1", false},
        {"an id that nobody asked for", user, {user.arn}, {}, {}, "hk-1", true},
        {"all three", user, {account}, {user.arn}, {"hk-1"}, "hk-1", true},
        {"another partition", chinese, {"*"}, {}, {}, {}, false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        role asked;
        asked.arn = "arn:aws:iam::444455556666:role/deploy";
        asked.principals = r.principals;
        asked.principal_arns = r.condition;
        asked.external_ids = r.ids;
        CHECK(trusts(asked, r.caller, r.id) == r.trusted);
    }
}

TEST_CASE("an ARN comes apart, and another text yields nothing") {
    const auto parts = split_arn("arn:aws:iam::444455556666:role/a/b:c");
    CHECK(parts.partition == "aws");
    CHECK(parts.service == "iam");
    CHECK(parts.account == "444455556666");
    CHECK(parts.resource == "role/a/b:c");
    CHECK(split_arn("urn:aws:iam::4:role/a").resource.empty());
    CHECK(split_arn("").partition.empty());
}
