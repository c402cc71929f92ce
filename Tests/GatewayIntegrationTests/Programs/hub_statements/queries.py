"""The query language over REST, with paging."""

from azure.iot.hub.models import QuerySpecification

from hub_statements import statement


def fleet(scene, count=12):
    """Devices of this statement only; gives the condition that finds them."""
    word = scene.unique()
    scene.service.json("POST", "/devices", [
        {"id": f"{word}-{number:03d}", "importMode": "create", "status": "enabled" if number % 3 else "disabled",
         "tags": {"fleet": word, "floor": "north" if number % 2 else "south", "n": number,
                  **({"odd": True} if number % 2 else {})},
         "properties": {"desired": {"rate": number * 1.5, "mode": None if number % 4 == 0 else f"m{number % 4}"}}}
        for number in range(count)
    ])
    return word, f"tags.fleet = '{word}'"


@statement
def query_conditions(scene):
    """The contract's table, on devices made here."""
    word, mine = fleet(scene)
    service = scene.service

    def numbers(condition):
        rows, _ = service.query(f"SELECT * FROM devices WHERE {mine} AND ({condition})")
        return [row["tags"]["n"] for row in rows]

    every = list(range(12))
    for condition, wanted in [
        ("tags.floor = 'north'", [n for n in every if n % 2]),
        ('tags.floor != "north"', [n for n in every if not n % 2]),
        ("tags.n >= 4 AND tags.n < 8", [4, 5, 6, 7]),
        ("tags.n IN [1, 3, 99]", [1, 3]),
        ("tags.n NIN [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", [10, 11]),
        ("is_defined(tags.odd)", [n for n in every if n % 2]),
        ("NOT is_defined(tags.odd)", [n for n in every if not n % 2]),
        ("tags.odd = true", [n for n in every if n % 2]),
        ("tags.odd != true", []),
        ("NOT (tags.nothing = 1)", []),
        ("tags.nothing != 1", []),
        ("status = 'disabled'", [0, 3, 6, 9]),
        ("tags.n = '4'", []),
        ("tags.n = 1 OR tags.n = 2 AND tags.floor = 'north'", [1]),
        ("properties.desired.rate = tags.n + 1", [2]),
        ("properties.desired.rate % 2 = 0", [0, 4, 8]),
        ("tags.n = 0xB", [11]),
        ("properties.desired.mode = 'm1'", [1, 5, 9]),
        ("connectionState = 'Disconnected'", every),
        ("capabilities.iotEdge = false", every),
        (f"STARTSWITH(deviceId, '{word}') AND ENDSWITH(deviceId, '7')", [7]),
        ("CONTAINS(tags.floor, 'ort') AND IS_STRING(tags.floor) AND IS_NUMBER(tags.n) AND tags.n < 2", [1]),
        ("properties.reported.$version = 1", every),
        ("devices.tags.n = 3", [3]),
        ("tags.[[floor]] = 'south' AND tags.n > 8", [10]),
    ]:
        scene.equal(condition, numbers(condition), wanted)


@statement
def query_lists(scene):
    """Projections, aggregates, groups, TOP."""
    word, mine = fleet(scene)
    for text, wanted in [
        (f"SELECT deviceId, tags.n AS s FROM devices WHERE {mine} AND tags.n < 2",
         [{"deviceId": f"{word}-000", "s": 0}, {"deviceId": f"{word}-001", "s": 1}]),
        (f"SELECT COUNT() AS n FROM devices WHERE {mine}", [{"n": 12}]),
        (f"SELECT COUNT() AS n FROM devices WHERE {mine} AND tags.n > 99", [{"n": 0}]),
        (f"select count() as n, min(tags.n) as a, max(tags.n) as b, sum(tags.n) as c from devices where {mine}",
         [{"n": 12, "a": 0, "b": 11, "c": 66}]),
        (f"SELECT AVG(tags.n) FROM devices WHERE {mine}", [{"$1": 5.5}]),
        (f"SELECT TOP 3 tags.n FROM devices WHERE {mine}", [{"n": 0}, {"n": 1}, {"n": 2}]),
        (f"SELECT tags.odd FROM devices WHERE {mine} AND tags.n < 2", [{}, {"odd": True}]),
    ]:
        scene.equal(text, scene.service.query(text)[0], wanted)
    rows, _ = scene.service.query(f"SELECT status, COUNT() AS n FROM devices WHERE {mine} GROUP BY status")
    scene.equal("groups", sorted(rows, key=str), sorted([{"status": "disabled", "n": 4}, {"status": "enabled", "n": 8}],
                                                        key=str))
    result = scene.registry.query_iot_hub(QuerySpecification(query=f"SELECT * FROM devices WHERE {mine}"))
    scene.equal("type", result.type, "Twin")
    scene.equal("as twins", [twin.device_id for twin in result.items], [f"{word}-{n:03d}" for n in range(12)])
    result = scene.registry.query_iot_hub(QuerySpecification(query=f"SELECT COUNT() AS n FROM devices WHERE {mine}"))
    scene.equal("raw rows", (result.type, result.items[0].additional_properties), ("Raw", {"n": 12}))


@statement
def query_continued(scene):
    """250 devices in pages: every one once, in order, the last page without a token; default pages of 100."""
    word, registry = scene.unique(), scene.registry
    for start in (0, 100, 200):
        scene.service.json("POST", "/devices", [
            {"id": f"{word}-{n:03d}", "importMode": "create", "tags": {"fleet": word}}
            for n in range(start, min(start + 100, 250))
        ])
    specification = QuerySpecification(query=f"SELECT * FROM devices WHERE tags.fleet = '{word}'")
    for size in (7, 100, 249, 250, 1000, None):
        found, token, pages = [], None, 0
        while True:
            result = registry.query_iot_hub(specification, token, size)
            found += [twin.device_id for twin in result.items]
            token, pages = result.continuation_token, pages + 1
            scene.true(f"a page of at most {size or 100}", len(result.items) <= (size or 100))
            if pages == 1 and size == 7:
                # What is made and deleted between two pages moves nothing else.
                registry.create_device_with_sas(f"{word}-000a", "", "", "enabled")
            if not token:
                break
        scene.equal(f"pages of {size}", found, [f"{word}-{n:03d}" for n in range(250)])
        if size is None:
            scene.equal("default pages", pages, 3)
    other = QuerySpecification(query="SELECT * FROM devices")
    scene.refused("an unknown token", lambda: registry.query_iot_hub(other, "bm9uc2Vuc2U="), 400)


@statement
def query_modules_and_state(scene):
    """devices.modules, and what is only known while a device is connected."""
    device = scene.device()
    module = scene.registry.create_module_with_sas(device.id, "m1", "", "", "")
    scene.client(module).report({"status": "running"})
    rows, _ = scene.service.query("SELECT * FROM devices.modules WHERE properties.reported.status = 'running'"
                                  f" AND deviceId = '{device.id}'")
    scene.equal("modules", [(row["deviceId"], row["moduleId"]) for row in rows], [(device.id, "m1")])
    text = f"SELECT deviceId FROM devices WHERE connectionState = 'Connected' AND deviceId = '{device.id}'"
    scene.wait("connected", lambda: scene.service.query(text)[0] == [{"deviceId": device.id}])
    device.report({"temp": 21.5})
    rows, _ = scene.service.query(f"SELECT * FROM devices WHERE deviceId = '{device.id}' AND "
                                  "properties.reported.temp >= 20 AND properties.reported.$version = 2")
    scene.equal("no lag behind a report", len(rows), 1)


@statement
def query_wrong(scene):
    """Syntax errors, unknown collections and functions: 400, with a message that says where."""
    for text in ("", "SELECT", "SELECT * FROM nothing", "SELECT * FROM devices WHERE", "DELETE FROM devices",
                 "SELECT * FROM devices WHERE tags.a =", "SELECT * FROM devices WHERE foo(tags.a)",
                 "SELECT * FROM devices WHERE (tags.a = 1", "SELECT * FROM devices WHERE tags.a = 'x",
                 "SELECT * FROM devices WHERE tags.a IN []  1", "SELECT *, COUNT() FROM devices",
                 "SELECT * FROM devices; SELECT * FROM devices",
                 "SELECT * FROM devices WHERE " + "(" * 10_000 + "1=1" + ")" * 10_000,
                 "SELECT * FROM devices WHERE " + "NOT " * 10_000 + "true"):
        answer = scene.service.request("POST", "/devices/query", {"query": text})
        scene.equal(text[:60], (answer.status_code, answer.headers.get("iothub-errorcode")), (400, "ArgumentInvalid"))
    for headers in ({"x-ms-max-item-count": "0"}, {"x-ms-max-item-count": "many"}):
        answer = scene.service.request("POST", "/devices/query", {"query": "SELECT * FROM devices"}, headers)
        scene.true(f"{headers}: {answer.status_code}", answer.status_code in (200, 400))
    scene.equal("no JSON", scene.service.request("POST", "/devices/query", "{").status_code, 400)
