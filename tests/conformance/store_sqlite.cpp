#include "conformance/store/engine.hpp"
#include "unit/store_sqlite/temporary_store.hpp"

namespace hourkey::test {

std::unique_ptr<tested_store> make_tested_store() { return std::make_unique<temporary_store>(); }

}  // namespace hourkey::test
