#pragma once
// Private to logic/expression.
#include "logic/expression/operand.hpp"
#include "logic/expression/program.hpp"

#include <vector>

namespace attune::logic::expression {

/// Runs one program once.
class Evaluator {
public:
    Evaluator(const Program& program, const Scope& scope) : program_(program), scope_(scope) {}

    /// The one value that is left. It may refer into the scope or the program.
    Result<Operand> run();
    Budget& budget() { return budget_; }

private:
    Result<void> step(const Instruction& instruction);
    Result<void> load_variable(const Instruction& instruction);
    Result<void> load_member(std::string_view name);
    Result<void> load_index();
    Result<void> make_list(std::size_t count);
    Result<void> call_builtin(const Instruction& instruction);
    Result<void> call_scope(const Instruction& instruction);
    Result<void> match_pattern(const Instruction& instruction);
    Result<void> apply_binary(Op op);
    void short_circuit(const Instruction& instruction);

    /// Replaces the top, which `part` lies inside of.
    Result<void> replace_top(const json::value* part);
    void push(json::value value) { stack_.emplace_back(std::move(value)); }
    void drop(std::size_t count) { stack_.erase(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end()); }
    const json::value& top() const { return stack_.back().get(); }
    std::string_view name(const Instruction& instruction) const { return program_.names[instruction.argument]; }

    const Program& program_;
    const Scope& scope_;
    Budget budget_;
    std::size_t next_ = 0;
    std::vector<Operand> stack_;
};

} // namespace attune::logic::expression
