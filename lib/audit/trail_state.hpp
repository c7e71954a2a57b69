#pragma once

#include "model/audit_record.hpp"
#include "model/audit_target.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::audit {

/// How the state differs from what the trail says it is.
/// unrecorded: it lives, and the trail has no record of it or has ended it. differs: its values are not those of its
/// last record. vanished: the trail says that it lives. unsealed: it is what the trail says, but its seal is not ours.
enum class difference_kind { unrecorded, differs, vanished, unsealed };
[[nodiscard]] std::string_view to_text(difference_kind k) noexcept;

struct difference {
    difference_kind kind;
    ulid tenant_id;
    std::string target;
};

/// The state as the records told it so far.
class trail_state {
public:
    void apply(const model::audit_record& r);

    /// Holds a page of the table's living rows against it: the keys after `after` (empty: from the first), up to the
    /// page's last one, or to the end when it is the `last_page`.
    enum class page_kind { more_follow, last_page };
    void compare(model::state_table table, const std::string& after, const model::state_page& page, page_kind kind,
                 std::vector<difference>& found) const;

private:
    struct entry {
        ulid tenant_id;
        std::string target;
        std::string fields;  ///< canonical
    };
    using things = std::map<std::string, entry>;

    [[nodiscard]] things& of(model::state_table t) { return tables_[static_cast<std::size_t>(t)]; }
    void end_with_tenant(const ulid& tenant);
    void end_with_connection(const ulid& tenant, std::string_view connection);
    void end_with_app(const model::audit_record& r, const std::string& app);

    std::array<things, model::state_tables> tables_;
    /// Of tokens that are alive: by tenant, and by tenant and app.
    std::map<ulid, std::vector<std::string>> tokens_of_tenant_;
    std::map<std::pair<ulid, std::string>, std::vector<std::string>> tokens_of_app_;
};

}  // namespace hourkey::audit
