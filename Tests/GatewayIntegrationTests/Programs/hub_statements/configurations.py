"""Automatic device management."""

from azure.iot.hub.models import (
    Configuration,
    ConfigurationContent,
    ConfigurationMetrics,
    ConfigurationQueriesTestInput,
)

from hub_statements import statement


def make(scene, name, content, condition, priority=10, queries=None, **fields):
    """Creates a configuration that ends with the statement."""
    made = scene.service.configurations.create_configuration(Configuration(
        id=name, content=ConfigurationContent(device_content=content), target_condition=condition, priority=priority,
        labels={"made": "by a test"}, metrics=ConfigurationMetrics(queries=queries or {}), **fields))
    scene.ends.callback(scene.service.request, "DELETE", f"/configurations/{name}", headers={"If-Match": "*"})
    return made


def desired(scene, device):
    found = scene.service.json("GET", f"/twins/{device}")["properties"]["desired"]
    return {key: value for key, value in found.items() if key[0] != "$"}


@statement
def configuration_applied(scene):
    """A matching device gets the content, one that stops matching loses it, a deleted one takes it away; counted."""
    word = scene.unique()
    device, other = scene.device("patches"), scene.register("other")
    scene.service.update_twin(device.id, tags={"site": word}, desired={"own": 1})
    scene.equal("own patch", device.patch()["own"], 1)
    made = make(scene, word, {"properties.desired.chiller": {"t": 5}}, f"tags.site = '{word}'",
                queries={"ok": "SELECT deviceId FROM devices WHERE properties.reported.chiller.status = 'ok' AND "
                               f"tags.site = '{word}'"})
    scene.equal("answer", (made.id, made.priority, made.labels, made.content.device_content),
                (word, 10, {"made": "by a test"}, {"properties.desired.chiller": {"t": 5}}))
    scene.true("etag and times", made.etag and made.created_time_utc and made.last_updated_time_utc)
    scene.equal("the device is told", device.patch()["chiller"], {"t": 5})
    scene.equal("desired", desired(scene, device.id), {"own": 1, "chiller": {"t": 5}})
    scene.equal("another device", desired(scene, other.device_id), {})
    device.report({"chiller": {"status": "ok"}})
    configurations = scene.service.configurations

    def results():
        found = configurations.get_configuration(word)
        return found.system_metrics.results, found.metrics.results

    scene.wait("metrics", lambda: results() == ({"targetedCount": 1, "appliedCount": 1}, {"ok": 1}), 30)
    scene.service.update_twin(other.device_id, tags={"site": word})
    scene.wait("a device that comes to match", lambda: desired(scene, other.device_id) == {"chiller": {"t": 5}}, 30)
    scene.service.update_twin(device.id, tags={"site": "elsewhere"})
    scene.wait("a device that stops matching", lambda: desired(scene, device.id) == {"own": 1}, 30)
    configurations.delete_configuration(word)
    scene.wait("a deleted configuration", lambda: desired(scene, other.device_id) == {}, 30)


@statement
def configuration_priority(scene):
    """The higher priority wins on the same path; when it goes, the lower one's value comes back."""
    word = scene.unique()
    device = scene.register().device_id
    scene.service.update_twin(device, tags={"site": word})
    condition = f"tags.site = '{word}'"
    make(scene, f"{word}-low", {"properties.desired.a": 1, "properties.desired.b": 1}, condition, priority=1)
    scene.wait("the low one", lambda: desired(scene, device) == {"a": 1, "b": 1}, 30)
    make(scene, f"{word}-high", {"properties.desired.a": 2, "properties.desired.c": 2}, condition, priority=9)
    scene.wait("the high one", lambda: desired(scene, device) == {"a": 2, "b": 1, "c": 2}, 30)
    make(scene, f"{word}-same", {"properties.desired.c": 3}, condition, priority=9)
    scene.wait("the later one of two", lambda: desired(scene, device) == {"a": 2, "b": 1, "c": 3}, 30)
    scene.service.configurations.delete_configuration(f"{word}-high")
    scene.wait("without the high one", lambda: desired(scene, device) == {"a": 1, "b": 1, "c": 3}, 30)


@statement
def configuration_changed(scene):
    """Updates need the etag and change condition, priority, labels and metrics, not the content."""
    word, configurations = scene.unique(), scene.service.configurations
    made = make(scene, word, {"properties.desired.a": 1}, "tags.nothing = 1")
    made.priority, made.target_condition = 20, "tags.nothing = 2"
    changed = configurations.update_configuration(made, made.etag)
    scene.equal("changed", (changed.priority, changed.target_condition), (20, "tags.nothing = 2"))
    scene.true("a new etag", changed.etag != made.etag)
    scene.refused("a stale etag", lambda: configurations.update_configuration(made, made.etag), 412,
                  "PreconditionFailed")
    changed.content = ConfigurationContent(device_content={"properties.desired.a": 2})
    scene.refused("another content", lambda: configurations.update_configuration(changed, changed.etag), 400)
    scene.refused("a stale etag at deletion", lambda: configurations.delete_configuration(word, made.etag), 412)
    scene.true("listed", word in [each.id for each in configurations.get_configurations(100)])
    configurations.delete_configuration(word, changed.etag)
    scene.refused("deleted", lambda: configurations.get_configuration(word), 404, "ConfigurationNotFound")


@statement
def configuration_wrong(scene):
    """Conditions, contents and metrics out of the rules are refused; testQueries says which and why."""
    word, configurations = scene.unique(), scene.service.configurations
    for what, content, condition, queries in [
        ("a bad condition", {"properties.desired.a": 1}, "tags.a =", {}),
        ("a path outside desired", {"tags.a": 1}, "*", {}),
        ("a bad metric", {"properties.desired.a": 1}, "*", {"m": "SELECT"}),
        ("a value that twins refuse", {"properties.desired.a": {"b.c": 1}}, "*", {}),
    ]:
        scene.refused(what, lambda: make(scene, word, content, condition, queries=queries), 400)
    make(scene, word, {"properties.desired.a": 1}, "tags.nothing = 1")
    scene.refused("the same id", lambda: make(scene, word, {"properties.desired.a": 1}, "*"), 409,
                  "ConfigurationAlreadyExists")
    scene.refused("unknown", lambda: configurations.get_configuration(scene.unique()), 404, "ConfigurationNotFound")
    answer = configurations.test_configuration_queries(ConfigurationQueriesTestInput(
        target_condition="tags.x = 1", custom_metric_queries={"a": "SELECT deviceId FROM devices", "b": "SELECT FROM"}))
    scene.equal("testQueries", (answer.target_condition_error, set(answer.custom_metric_query_errors or {})),
                (None, {"b"}))
    answer = configurations.test_configuration_queries(ConfigurationQueriesTestInput(target_condition="tags.x ="))
    scene.true("a bad condition has its error", answer.target_condition_error)


@statement
def configuration_of_modules(scene):
    """A condition over devices.modules, with moduleContent."""
    word = scene.unique()
    identity = scene.register()
    module = scene.register_module(identity.device_id)
    program = scene.client(module).listen("patches")
    scene.service.update_twin(identity.device_id, tags={"site": word}, module=module.module_id)
    scene.service.json("PUT", f"/configurations/{word}", {
        "id": word, "content": {"moduleContent": {"properties.desired.m": {"x": 1}}},
        "targetCondition": f"FROM devices.modules WHERE tags.site = '{word}'", "priority": 1})
    scene.ends.callback(scene.service.request, "DELETE", f"/configurations/{word}", headers={"If-Match": "*"})
    scene.equal("the module is told", program.patch()["m"], {"x": 1})
