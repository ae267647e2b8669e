"""Secret parameters, from the request that gives them to the views that must not show them."""
from support import FINAL, ServerTest

SECRET = "open-sesame-4711"


class Secrets(ServerTest):
    def make_action(self):
        answer = self.server.call("POST", "/api/v1/actions", {
            "ref": "core.keeper", "pack_ref": "core", "label": "Keeper", "runtime_ref": "core.shell",
            "entrypoint": 'printf "%s" "${#password}"',
            "param_schema": {"password": {"type": "string", "secret": True}, "user": {"type": "string"}}})
        self.assertEqual(answer.status, 201, answer)

    def test_the_action_gets_what_no_view_of_its_execution_shows(self):
        self.make_action()
        made = self.server.call("POST", "/api/v1/executions/execute",
                                {"action_ref": "core.keeper", "parameters": {"password": SECRET, "user": "ann"}})
        self.assertEqual(made.data["config"], {"password": "********", "user": "ann"})

        ended = self.server.wait_for_status(made.data["id"], FINAL)
        self.assertEqual(ended["result"]["stdout"], str(len(SECRET)))
        self.assertEqual(ended["config"], {"password": "********", "user": "ann"})

        self.server.call("DELETE", "/api/v1/actions/core.keeper")
        self.assertEqual(self.server.execution(made.data["id"])["config"], {"password": "********", "user": "********"})
        self.assertNotIn(SECRET, self.server.log_text())
