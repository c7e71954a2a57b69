#pragma once

#include "conformance/store/tested_store.hpp"

#include <memory>

namespace hourkey::test {

/// The engine that this suite runs over: each executable of it defines the one function. The store is closed.
[[nodiscard]] std::unique_ptr<tested_store> make_tested_store();

/// And open.
struct open_store {
    std::unique_ptr<tested_store> made = make_tested_store();
    tested_store& s = *made;
    open_store() { s.open(); }
};

}  // namespace hourkey::test
