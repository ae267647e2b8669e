#include "app/cli/crontab.hpp"

#include "base/text.hpp"
#include "logic/schedule/cron_spec.hpp"

#include <algorithm>

namespace attune::app::cli {
namespace {

constexpr std::string_view kBlank = " \t";

/// Takes the first word off the text, with the blanks after it.
std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find_first_of(kBlank), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(text.find_first_not_of(kBlank, end), text.size()));
    return word;
}

std::string_view without_quotes(std::string_view text) {
    const bool quoted =
        text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.front() == text.back();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

bool is_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// NAME = value; nothing when the line is no assignment.
std::optional<std::pair<std::string, std::string>> assignment(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = without_quotes(trim(line.substr(0, equals)));
    if (!is_name(name)) return std::nullopt;
    return std::pair{std::string(name), std::string(without_quotes(trim(line.substr(equals + 1))))};
}

/// cron's `%`: the first begins the input, others are line ends; `\%` is a percent sign.
void split_command(std::string_view text, CrontabJob& job) {
    auto* into = &job.command;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '%') {
            *into += text[++at];
        } else if (text[at] != '%') {
            *into += text[at];
        } else if (job.stdin_text) {
            *into += '\n';
        } else {
            into = &job.stdin_text.emplace();
        }
    }
    if (job.stdin_text && !job.stdin_text->ends_with('\n')) *job.stdin_text += '\n';
}

class Reader {
public:
    explicit Reader(bool system) : system_(system) {}

    void read(std::string_view line) {
        ++number_;
        line = trim(line);
        if (line.empty() || line.front() == '#') return;
        if (auto given = assignment(line)) {
            set(*std::move(given), line);
        } else if (auto reason = read_job(line); !reason.empty()) {
            skip(line, std::move(reason));
        }
    }

    Crontab take() { return std::move(out_); }

private:
    void skip(std::string_view line, std::string reason) {
        out_.not_carried.push_back({number_, std::string(line), std::move(reason)});
    }

    void set(std::pair<std::string, std::string> given, std::string_view line) {
        auto& [name, value] = given;
        if (name == "MAILTO" || name == "MAILFROM") {
            if (!value.empty()) skip(line, "output is not mailed; it is kept with the execution");
        } else if (name == "RANDOM_DELAY") {
            skip(line, "give the rule a jitter instead");
        } else {
            variables_[name] = std::move(value);
        }
    }

    /// Returns why the line is not carried over, or an empty text.
    std::string read_job(std::string_view line) {
        CrontabJob job{.line = number_,
                       .expression = std::string(take_word(line)),
                       .command = {},
                       .stdin_text = {},
                       .user = {},
                       .variables = variables_};
        if (job.expression == "@reboot") return "@reboot names no time: start such a program from the system's init";
        for (int field = 1; field < 5 && !job.expression.starts_with('@'); ++field) {
            job.expression += ' ';
            job.expression += take_word(line);
        }
        const auto parsed = logic::schedule::CronSpec::parse(job.expression, logic::schedule::Dialect::vixie);
        if (!parsed) return parsed.error().message;
        if (system_) job.user = take_word(line);
        split_command(line, job);
        if (trim(job.command).empty()) return "has no command";
        if (!is_valid_utf8(line)) return "is not UTF-8";
        const auto opened = line.find("{{");
        if (opened != std::string_view::npos && line.find("}}", opened) != std::string_view::npos) {
            return "holds '{{ … }}', which a rule's parameters take for a template: put the command into a script";
        }
        out_.jobs.push_back(std::move(job));
        return {};
    }

    bool system_;
    int number_ = 0;
    std::map<std::string, std::string> variables_;
    Crontab out_;
};

} // namespace

Crontab parse_crontab(std::string_view text, bool system) {
    Reader reader(system);
    for (const auto line : split(text, '\n')) reader.read(line);
    return reader.take();
}

} // namespace attune::app::cli
