#include "emulator/role.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

namespace {

principal of(const std::string& arn, const std::string& principal_arn, principal_kind kind = principal_kind::user) {
    principal who;
    who.arn = arn;
    who.principal_arn = principal_arn;
    who.kind = kind;
    return who;
}
principal of(const std::string& arn) { return of(arn, arn); }

const principal user = of("arn:aws:iam::111122223333:user/hourkey");
const principal session = of("arn:aws:sts::111122223333:assumed-role/server/s-1",
                             "arn:aws:iam::111122223333:role/hourkey/server", principal_kind::role_session);
const principal stranger = of("arn:aws:iam::999999999999:user/hourkey");

const std::string account = "arn:aws:iam::111122223333:root";

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a trust of three lists is decided by principal, condition and external id together") {
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
        {"role of a session", session, {session.principal_arn}, {}, {}, {}, true},
        {"role of a session without its path", session, {"arn:aws:iam::111122223333:role/server"}, {}, {}, {}, false},
        {"session by name", session, {session.arn}, {}, {}, {}, true},
        {"session through its account", session, {account}, {}, {}, {}, true},
        {"account and condition", user, {account}, {user.arn}, {}, {}, true},
        {"account and condition on the role", session, {account}, {session.principal_arn}, {}, {}, true},
        {"account and condition on the session's ARN", session, {account}, {session.arn}, {}, {}, false},
        {"account and another condition", user, {account}, {session.principal_arn}, {}, {}, false},
        {"condition alone does not open", stranger, {account}, {stranger.arn}, {}, {}, false},
        {"condition with a wildcard in the path",
         session,
         {account},
         {"arn:aws:iam::111122223333:role/*server"},
         {},
         {},
         true},
        {"condition whose wildcard stands for nothing",
         session,
         {account},
         {"arn:aws:iam::111122223333:role/hourkey/*server"},
         {},
         {},
         true},
        {"condition with one character left open",
         session,
         {account},
         {"arn:aws:iam::111122223333:role/hourkey/s?rver"},
         {},
         {},
         true},
        {"condition with a wildcard that stops short",
         session,
         {account},
         {"arn:aws:iam::111122223333:role/*serv"},
         {},
         {},
         false},
        {"condition with a wildcard for any account",
         session,
         {account},
         {"arn:aws:iam::*:role/hourkey/server"},
         {},
         {},
         true},
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
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        role asked;
        asked.arn = "arn:aws:iam::444455556666:role/deploy";
        asked.principals = r.principals;
        asked.principal_arns = r.condition;
        asked.external_ids = r.ids;
        condition_context context;
        context.set("aws:PrincipalArn", r.caller.principal_arn);
        if (r.id) context.set("sts:ExternalId", *r.id);
        CHECK((decide(trust_of(asked).value(), "sts:AssumeRole", r.caller, context) == trust_verdict::allowed) ==
              r.trusted);
    }
}

TEST_CASE("a condition's ARN whose wildcard would cross into the account is none") {
    role asked;
    asked.principals = {"*"};
    asked.principal_arns = {"arn:aws:iam::*server"};
    CHECK_FALSE(trust_of(asked).has_value());
}
