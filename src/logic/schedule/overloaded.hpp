#pragma once

namespace attune::logic::schedule {

/// Lambdas as one visitor: std::visit(Overloaded{…}, variant).
template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

} // namespace attune::logic::schedule
