#include "app/cli/client_commands.hpp"

#include "app/cli/api_client.hpp"
#include "app/cli/crontab_import.hpp"
#include "app/cli/file_arguments.hpp"
#include "app/cli/flow_renderer.hpp"
#include "app/cli/key_commands.hpp"
#include "app/cli/output.hpp"
#include "app/cli/output_reader.hpp"
#include "app/cli/requests.hpp"
#include "app/cli/rule_commands.hpp"
#include "app/cli/run_command.hpp"
#include "app/cli/schedule_commands.hpp"
#include "app/cli/sse_parser.hpp"
#include "app/cli/table.hpp"
#include "app/cli/terminal.hpp"
#include "base/text.hpp"

#include <charconv>
#include <fmt/core.h>
#include <iostream>
#include <thread>

namespace attune::app::cli {
namespace {

constexpr auto kReconnectAfter = 1s;

OutputForm form_of(const GlobalOptions& globals, const ProfileFile& file) {
    if (globals.output) return *globals.output;
    if (file.format == "json") return OutputForm::json;
    return file.format == "yaml" ? OutputForm::yaml : OutputForm::table;
}

/// Shows the requests on stderr (--verbose).
class LoudClient final : public HttpClient {
public:
    explicit LoudClient(HttpClient& inner) : inner_(inner) {}
    Result<HttpResponse> send(const HttpRequest& request) override {
        std::cerr << fmt::format("> {} {}\n", request.method, request.url);
        auto response = inner_.send(request);
        if (response) std::cerr << fmt::format("< {} ({} bytes)\n", response->status, response->body.size());
        return response;
    }

private:
    HttpClient& inner_;
};

/// One command that talks to a server, with what it needs.
class ClientCommand {
public:
    ClientCommand(const ParsedLine& line, const Environment& environment, std::string path, ProfileFile file,
                  Connection connection, HttpClient& http)
        : line_(line), environment_(environment), path_(std::move(path)), file_(std::move(file)),
          form_(form_of(line.globals, file_)),
          client_(http, std::move(connection), [this](const auto& tokens) { store(tokens); }) {}

    Result<int> run() {
        const auto& path = line_.command->path;
        if (path == "login" || path == "auth login") return log_in();
        if (path == "auth logout") return log_out();
        if (path == "auth refresh") return refresh();
        if (path == "auth whoami") return show({.path = "/auth/me"});
        if (path == "watch") return watch();
        if (path == "run" || path == "action execute" || path == "execution rerun") return execute();
        if (path == "execution logs") return logs();
        if (path == "execution result") return result();
        if (path == "rule test") return show_as(render_rule_test);
        if (path == "event show") return show_event();
        if (path == "why") return show_as(render_explanation);
        if (path == "timer import") return import_crontab(line_, environment_, client_, form_);
        if (path == "key set") return set_key_value();
        if (path == "key show" || path == "key get") return show_key();
        if (path == "schedule next") return show_schedule(line_, [this](const auto& ref) { return calendar(ref); });
        TRY(auto request, line_.command->request(line_.arguments));
        return show(request);
    }

private:
    Result<int> show(const ApiRequest& request) {
        TRY(const auto answer, client_.call(request));
        print(answer);
        return 0;
    }

    /// For people as `render` says, for programs as it is.
    Result<int> show_as(std::string (*render)(const json::value&, std::size_t)) {
        TRY(const auto request, line_.command->request(line_.arguments));
        TRY(const auto answer, client_.call(request));
        const auto* data = find_member(answer, "data");
        if (form_ != OutputForm::table || data == nullptr) {
            print(answer);
        } else {
            std::cout << render(*data, terminal_width());
        }
        return 0;
    }

    /// For people with the tree that grew from it, instead of its decision.
    Result<int> show_event() {
        TRY(const auto request, line_.command->request(line_.arguments));
        TRY(auto answer, client_.call(request));
        if (form_ != OutputForm::table) {
            print(answer);
            return 0;
        }
        answer.at("data").as_object().erase("decision");
        print(answer);
        TRY(const auto tree, event_tree(client_, line_.arguments.text("id"), terminal_width()));
        std::cout << tree;
        return 0;
    }

    Result<int> set_key_value() {
        TRY(const auto answer, set_key(line_.arguments, client_));
        print(answer);
        return 0;
    }

    Result<int> show_key() {
        TRY(const auto request, line_.command->request(line_.arguments));
        if (!line_.arguments.has("raw")) return show(request);
        TRY(const auto answer, client_.call(request));
        TRY(const auto value, raw_value(answer));
        std::cout << value;
        return 0;
    }

    Result<json::object> calendar(const std::string& ref) {
        TRY(const auto answer, client_.call({.path = "/api/v1/calendars/" + ref}));
        const auto* data = find_member(answer, "data");
        const auto* definition = data == nullptr ? nullptr : find_member(*data, "definition");
        if (definition != nullptr && definition->is_object()) return definition->get_object();
        return Error{Errc::internal, "the server's answer has no definition"};
    }

    void print(const json::value& answer) {
        std::cout << render_answer(answer, *line_.command, form_, terminal_width());
        // A program gets the rows alone, as an array: what it would miss is said beside them.
        const auto next = next_page(answer);
        if (next && form_ != OutputForm::table) std::cerr << fmt::format("attune: there is more: --page {}\n", *next);
    }

    std::string environment(const std::string& name) const {
        const auto found = environment_.find(name);
        return found == environment_.end() ? std::string{} : found->second;
    }

    /// The profile that a login is kept under.
    std::string profile_name() const { return line_.arguments.text("save-profile", client_.connection().profile); }

    Result<int> log_in() {
        auto user = line_.arguments.text("username", environment("ATTUNE_API_USER"));
        if (user.empty()) return invalid("--username", "is required (or ATTUNE_API_USER)");
        auto password = line_.arguments.text("password", environment("ATTUNE_API_PASSWORD"));
        if (password.empty()) {
            TRY(password, read_password("Password: "));
        }
        TRY(const auto tokens, client_.log_in(user, password));
        const auto name = profile_name();
        auto& profile = file_.profiles[name];
        profile.api_url = client_.connection().url;
        profile.username = user;
        profile.auth_method = "local";
        profile.auth_token = tokens.access;
        profile.refresh_token = tokens.refresh;
        if (line_.arguments.has("save-profile") || file_.profiles.size() == 1) file_.profile = name;
        CHECK(write_profiles(path_, file_));
        std::cout << fmt::format("Logged in to {} as {} (profile {}).\n", profile.api_url, user, name);
        return 0;
    }

    Result<int> log_out() {
        auto& profile = file_.profiles[client_.connection().profile];
        profile.auth_token.reset();
        profile.refresh_token.reset();
        CHECK(write_profiles(path_, file_));
        std::cout << "Logged out.\n";
        return 0;
    }

    Result<int> refresh() {
        CHECK(client_.refresh());
        std::cout << "The tokens are new.\n";
        return 0;
    }

    void store(const ApiClient::Tokens& tokens) {
        const auto found = file_.profiles.find(client_.connection().profile);
        if (found == file_.profiles.end()) return;
        found->second.auth_token = tokens.access;
        found->second.refresh_token = tokens.refresh;
        if (auto kept = write_profiles(path_, file_); !kept) std::cerr << "attune: " << kept.error().text() << "\n";
    }

    Result<int> execute() {
        return RunCommand(line_, client_, form_ == OutputForm::table, [this](const auto& answer) { print(answer); })
            .run();
    }

    Result<int> result() {
        TRY(const auto answer, client_.call(item_request("GET", "executions", line_.arguments.text("id"))));
        const auto* data = find_member(answer, "data");
        const auto* found = data == nullptr ? nullptr : find_member(*data, "result");
        const auto form = form_ == OutputForm::yaml ? OutputForm::yaml : OutputForm::json;
        const auto value = found == nullptr ? json::value(nullptr) : *found;
        std::cout << render_answer(json::object{{"data", value}}, *line_.command, form, 0);
        return 0;
    }

    Result<int> logs() {
        const auto stream = line_.arguments.text("stream", "stdout");
        if (stream != "stdout" && stream != "stderr") return invalid("--stream", "expected stdout or stderr");
        const bool follow = line_.arguments.has("follow");
        const auto path =
            item_request("GET", "executions", line_.arguments.text("id"), "/logs/" + stream + "/stream").path;
        OutputReader reader(std::cout, follow);
        CHECK(client_.stream(path, [&](std::string_view bytes) { return reader.take(bytes); }));
        return 0;
    }

    Result<int> watch() {
        std::uint64_t most = 0;
        const auto text = line_.arguments.text("count", "0");
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), most);
        if (failure != std::errc{} || end != text.data() + text.size()) {
            return invalid("--count", fmt::format("expected a whole number, got '{}'", text));
        }
        FlowRenderer renderer;
        for (Link link;;) {
            auto ended = watch_once(renderer, most, link);
            if ((most > 0 && renderer.finished() >= most) || !std::cout) return 0;
            // A server that was never there is an error; one that goes away may come back.
            if (!ended && (!link.was_up || !ended.error().retryable())) return std::move(ended).error();
            if (!std::exchange(link.is_down, true)) std::cerr << "attune: the connection is lost; trying again\n";
            std::this_thread::sleep_for(kReconnectAfter);
        }
    }

    /// Of `watch` with its server.
    struct Link {
        bool was_up = false;
        bool is_down = false; ///< and it was said
    };

    Result<void> watch_once(FlowRenderer& renderer, std::uint64_t most, Link& link) {
        SseParser parser;
        const auto on_message = [&](const SseMessage& message) {
            const auto hop = parse_json(message.data);
            if (!hop || (most > 0 && renderer.finished() >= most)) return;
            const auto lines = renderer.render(*hop);
            if (form_ != OutputForm::table) {
                std::cout << message.data << std::endl; // NOLINT(performance-avoid-endl): it is watched live
                return;
            }
            for (const auto& line : lines) std::cout << line << std::endl; // NOLINT(performance-avoid-endl)
        };
        return client_.stream("/api/v1/flow/stream", [&](std::string_view bytes) {
            link.was_up = true;
            if (std::exchange(link.is_down, false)) std::cerr << "attune: connected again\n";
            parser.feed(bytes, on_message);
            return std::cout.good() && (most == 0 || renderer.finished() < most);
        });
    }

    const ParsedLine& line_;
    const Environment& environment_;
    std::string path_;
    ProfileFile file_;
    OutputForm form_;
    ApiClient client_;
};

bool is_login(const std::string& path) {
    return path == "login" || path == "auth login";
}

} // namespace

Result<int> run_client_command(const ParsedLine& line, const Environment& environment) {
    const auto path = profile_path(environment);
    TRY(auto file, read_profiles(path));
    auto url = line.globals.api_url;
    auto profile = line.globals.profile;
    if (is_login(line.command->path)) {
        url = line.arguments.text("url", url);
        // A login may make the profile that it names.
        if (!profile.empty() && !file.profiles.contains(profile)) {
            file.profiles[profile].api_url = url.empty() ? Connection{}.url : url;
        }
    }
    TRY(auto connection, resolve_connection(file, profile, url, environment));
    const auto http = make_http_client();
    LoudClient loud(*http);
    HttpClient& used = line.globals.verbose ? static_cast<HttpClient&>(loud) : *http;
    auto given = line;
    TRY(given.arguments, read_file_arguments(*line.command, line.arguments, std::cin));
    return ClientCommand(given, environment, path, std::move(file), std::move(connection), used).run();
}

} // namespace attune::app::cli
