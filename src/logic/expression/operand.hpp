#pragma once
// Private to logic/expression.
#include "base/json.hpp"
#include "logic/expression/expression.hpp"
#include "logic/expression/value.hpp"

namespace attune::logic::expression {

/// The steps that one evaluation may still take. Every value made is charged, so that they bound memory too.
class Budget {
public:
    Result<void> charge(std::size_t steps) {
        if (steps > left_) return Error{Errc::too_large, fmt::format("it takes more than {} steps", kMaxSteps)};
        left_ -= steps;
        return {};
    }
    Result<void> charge_text(std::size_t bytes) { return charge(1 + bytes / 16); }
    std::size_t left() const { return left_; }

private:
    std::size_t left_ = kMaxSteps;
};

/// A value on the stack: one of ours, or a reference into the scope or the constants, so that payloads are not copied.
class Operand {
public:
    explicit Operand(const json::value* reference) : reference_(reference) {}
    explicit Operand(json::value own) : own_(std::move(own)) {}

    const json::value& get() const { return reference_ == nullptr ? own_ : *reference_; }
    bool is_own() const { return reference_ == nullptr; }

    /// Takes the value away, copying it (and charging for the copy) when it is a reference.
    Result<json::value> take(Budget& budget) {
        if (is_own()) return std::move(own_);
        CHECK(budget.charge(weight(*reference_, budget.left() + 1)));
        return json::value(*reference_);
    }

private:
    const json::value* reference_ = nullptr;
    json::value own_;
};

} // namespace attune::logic::expression
