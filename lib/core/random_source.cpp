#include "core/random_source.hpp"

#include <random>

namespace hourkey {

random_source make_random_source() {
    return [engine = std::minstd_rand(std::random_device{}())]() mutable {
        return std::generate_canonical<double, 24>(engine);
    };
}

}  // namespace hourkey
