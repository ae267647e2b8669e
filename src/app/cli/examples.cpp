#include "app/cli/examples.hpp"

#include <algorithm>
#include <iterator>

namespace attune::app::cli {
namespace {

struct Examples {
    std::string_view path;
    std::string_view lines;
};

constexpr Examples kExamples[] = {
    {"serve", "serve\nserve --config /etc/attune/attune.yaml\nserve --roles api,executor"},
    {"api", "api --config /etc/attune/attune.yaml"},
    {"sensor", "sensor --config /etc/attune/attune.yaml"},
    {"executor", "executor --config /etc/attune/attune.yaml"},
    {"worker", "worker --config /etc/attune/attune.yaml"},
    {"notifier", "notifier --config /etc/attune/attune.yaml"},
    {"migrate", "migrate\nmigrate --config /etc/attune/attune.yaml"},
    {"backup", "backup /var/backups/attune.db"},
    {"doctor", "doctor\ndoctor --config /etc/attune/attune.yaml --strict\ndoctor --json"},
    {"config show", "config show\nconfig show --config attune.yaml --json\nconfig show --docs"},
    {"openapi", "openapi"},
    {"version", "version"},
    {"completion", "completion bash"},
    {"login", "login -u admin\nlogin -u admin --url http://10.0.0.5:8080 --save-profile work"},
    {"auth login", "auth login -u admin"},
    {"auth whoami", "auth whoami"},
    {"auth logout", "auth logout"},
    {"auth refresh", "auth refresh"},
    {"watch", "watch\nwatch --count 3\nwatch --json"},
    {"schedule next", "schedule next --cron '30 2 * * MON-FRI' --timezone Europe/Berlin\n"
                      "schedule next --cron '0 9 * * *' --calendar holidays.ics\n"
                      "schedule next --input schedules.jsonl"},
    {"worker list", "worker list\nworker list --health offline --json"},
    {"worker show", "worker show 3\nworker show build-2"},
    {"worker cordon", "worker cordon build-2 --reason 'New kernel'"},
    {"worker uncordon", "worker uncordon build-2"},
    {"audit list", "audit list --actor ada --since 2026-01-01T00:00:00Z\naudit list --outcome denied --json"},
    {"audit show", "audit show 7"},
    {"audit chain", "audit chain 1e7c0b5e-6f0a-4d5c-9c3f-0d7e2a1b4c55"},
    {"timer list", "timer list\ntimer list --state paused\ntimer list --kind cron --pack ops"},
    {"timer show", "timer show 7\ntimer show ops.nightly_backup"},
    {"timer pause", "timer pause ops.nightly_backup --note 'Database moves' --until 2026-12-01T06:00:00Z"},
    {"timer resume", "timer resume ops.nightly_backup"},
    {"timer fire", "timer fire ops.nightly_backup"},
    {"timer skip-next", "timer skip-next ops.nightly_backup"},
    {"timer backfill", "timer backfill ops.nightly_backup --from 2026-11-01T00:00:00Z --to 2026-11-03T00:00:00Z\n"
                       "timer backfill ops.nightly_backup --from 2026-11-01T00:00:00Z --to 2026-11-03T00:00:00Z --run"},
    {"timer import", "timer import --crontab my.crontab\n"
                     "timer import --crontab /etc/crontab --system --user root --pack jobs --apply"},
    {"pack list", "pack list\npack list --json"},
    {"pack show", "pack show core"},
    {"pack create", "pack create demo --label Demo\npack create demo --config-values @config.json"},
    {"pack update", "pack update demo --description 'Things to try out'"},
    {"pack register", "pack register /srv/packs/demo --force"},
    {"pack upload", "pack upload demo.tar.gz --force"},
    {"pack delete", "pack delete demo"},
    {"pack validate", "pack validate ./demo\npack validate ./demo --strict"},
    {"pack init", "pack init demo\npack init demo --in /srv/packs"},
    {"runtime list", "runtime list"},
    {"runtime show", "runtime show core.python"},
    {"runtime create", "runtime create -n demo.ruby --alias rb --execution-config @ruby.json"},
    {"runtime update", "runtime update demo.ruby --description 'Ruby 3'"},
    {"runtime delete", "runtime delete demo.ruby"},
    {"trigger list", "trigger list"},
    {"trigger show", "trigger show core.timer_10s"},
    {"trigger create", "trigger create -n demo.deployed --label Deployed\n"
                       "trigger create -n demo.tick --param-schema '{\"type\": \"interval\", \"seconds\": 5}'"},
    {"trigger update", "trigger update demo.deployed --label 'Something was deployed'"},
    {"trigger enable", "trigger enable demo.tick"},
    {"trigger disable", "trigger disable demo.tick"},
    {"trigger delete", "trigger delete demo.tick"},
    {"calendar list", "calendar list"},
    {"calendar show", "calendar show ops.holidays"},
    {"calendar create", "calendar create -n ops.holidays --definition '{\"timezone\": \"Europe/Berlin\", \"dates\": "
                        "[\"12-25\", \"12-26\"]}'\n"
                        "calendar create -n ops.holidays --ics @holidays.ics"},
    {"calendar update", "calendar update ops.holidays --ics @holidays-2027.ics\n"
                        "calendar update ops.holidays --label 'Public holidays'"},
    {"calendar delete", "calendar delete ops.holidays"},
    {"rule list", "rule list\nrule list --limit 100 --page 2"},
    {"rule show", "rule show demo.hello"},
    {"rule create",
     "rule create -n demo.hello -t core.timer_10s -a core.echo --param message=Hello\n"
     "rule create -n demo.minute -t core.intervaltimer --trigger-param unit=minutes --trigger-param interval=1 "
     "-a core.noop\n"
     "rule create -n demo.big -t demo.deployed -a core.echo --criteria @conditions.json"},
    {"rule update", "rule update demo.hello --param message='Hello again'\nrule update demo.hello --enabled false"},
    {"rule test", "rule test demo.hello\nrule test demo.hello --last 50\n"
                  "rule test demo.hello --criteria @conditions.json --payload '{\"host\": \"web1\"}'\n"
                  "rule test -t demo.deployed -a core.echo --param message='{{ event.payload.version }}'"},
    {"why", "why demo.hello\nwhy demo.hello --json"},
    {"rule enable", "rule enable demo.hello"},
    {"rule disable", "rule disable demo.hello"},
    {"rule delete", "rule delete demo.hello"},
    {"action list", "action list"},
    {"action show", "action show core.echo"},
    {"action create", "action create -n demo.disk -r core.shell -e 'df -h /'\n"
                      "action create -n demo.report -r core.shell -e @report.sh"},
    {"action update", "action update demo.disk -e 'df -h / /home'"},
    {"action delete", "action delete demo.disk"},
    {"action execute", "action execute core.echo --param message=Hello --wait"},
    {"run", "run core.echo message='Hello World'\nrun ops.backup target=/srv --timeout 2h\n"
            "run core.echo --params-json @- --json --no-wait"},
    {"webhook show", "webhook show demo.push"},
    {"webhook enable", "webhook enable demo.push"},
    {"webhook disable", "webhook disable demo.push"},
    {"webhook regenerate", "webhook regenerate demo.push"},
    {"webhook set", "webhook set demo.push --provider github --secret @secret.txt\n"
                    "webhook set demo.push --allow 192.0.2.0/24 --requests 100 --window-seconds 60\n"
                    "webhook set demo.push --config '{\"ip_whitelist\": null}'"},
    {"webhook hits", "webhook hits demo.push --verdict signature_wrong"},
    {"trigger fire", "trigger fire ops.deployed --param version=1.4\n"
                     "trigger fire ops.deployed --payload @payload.json"},
    {"execution rerun", "execution rerun 12 --wait\nexecution rerun 12 --param target=/srv"},
    {"event list", "event list --trigger core.timer_10s\nevent list --rule demo.hello --limit 5"},
    {"event show", "event show 12"},
    {"enforcement list", "enforcement list --rule demo.hello"},
    {"enforcement show", "enforcement show 12"},
    {"execution list", "execution list --status failed\nexecution list --rule demo.hello --limit 5 --json"},
    {"execution show", "execution show 12"},
    {"execution cancel", "execution cancel 12"},
    {"execution logs", "execution logs 12\nexecution logs 12 --follow\nexecution logs 12 --stream stderr"},
    {"execution result", "execution result 12"},
    {"key list", "key list\nkey list --owner-type pack --owner 3"},
    {"key show", "key show ops.token"},
    {"key get", "key get ops.token --raw"},
    {"key set", "key set ops.token --pack ops --file token.txt\n"
                "key set tls.certificate --file cert.pem --action ops.deploy\n"
                "key set limits --as-json --encrypted false --value '{\"most\": 5}'"},
    {"key delete", "key delete ops.token"},
};

} // namespace

std::string_view examples_of(std::string_view path) {
    const auto* found = std::ranges::find(kExamples, path, &Examples::path);
    return found == std::end(kExamples) ? std::string_view{} : found->lines;
}

} // namespace attune::app::cli
