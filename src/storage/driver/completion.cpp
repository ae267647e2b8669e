#include "storage/driver/completion.hpp"

#include <algorithm>

namespace attune::driver {

void complete_all(std::vector<Answer> answers) {
    struct Batch {
        asio::any_io_executor loop;
        std::vector<Answer> answers;
    };
    std::vector<Batch> batches;
    for (auto& one : answers) {
        if (!one.completion.loop) {
            one.completion.resume(std::move(one.outcome));
            continue;
        }
        auto batch = std::ranges::find(batches, one.completion.loop, &Batch::loop);
        if (batch == batches.end()) batch = batches.insert(batches.end(), Batch{one.completion.loop, {}});
        batch->answers.push_back(std::move(one));
    }
    for (auto& batch : batches) {
        asio::post(batch.loop, [answers = std::move(batch.answers)]() mutable {
            for (auto& one : answers) one.completion.resume(std::move(one.outcome));
        });
    }
}

void refuse(Completion completion, std::string_view what) {
    std::vector<Answer> answers;
    answers.push_back({std::move(completion),
                       Error{Errc::unavailable, fmt::format("too many {} are waiting for the database", what)}});
    complete_all(std::move(answers));
}

} // namespace attune::driver
