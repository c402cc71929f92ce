"""What twins refuse, contract twins sections 5 and 6; both sides of every limit."""

from hub_statements import statement


def nested(depth, leaf):
    """`depth` objects, one in the other, below the section."""
    value = leaf
    for _ in range(depth + 1):
        value = {"o": value}
    return value


def keys(total, key_length=10):
    """A section of exactly `total` bytes by the contract's count: key length plus text length."""
    section, number = {}, 0
    while total > 0:
        size = min(total, 4000)
        if 0 < total - size <= key_length:
            size -= key_length + 1
        section[f"k{number:0{key_length - 1}d}"] = "x" * (size - key_length)
        total, number = total - size, number + 1
    return section


GOOD = [
    ("10 objects deep", nested(10, 1)),
    ("10 objects deep, an array at the end", nested(10, [1, 2])),
    ("the largest integer", {"i": 4503599627370495}),
    ("the smallest integer", {"i": -4503599627370496}),
    ("a double", {"d": 1.5e300}),
    ("text of 4096 bytes", {"s": "x" * 4096}),
    ("text of 4096 bytes in 2048 letters", {"s": "ä" * 2048}),
    ("a key of 1024 bytes", {"k" * 1024: 1}),
    ("a key with a hyphen, underscore and umlaut", {"a-b_ü": 1}),
    ("null inside an array", {"a": [None]}),
    ("an empty object", {"e": {}}),
]

BAD = [
    ("11 objects deep", nested(11, 1)),
    ("an integer too large", {"i": 4503599627370496}),
    ("an integer too small", {"i": -4503599627370497}),
    ("text of 4097 bytes", {"s": "x" * 4097}),
    ("text of 4098 bytes in 2049 letters", {"s": "ä" * 2049}),
    ("a key of 1025 bytes", {"k" * 1025: 1}),
    ("a key with a dot", {"a.b": 1}),
    ("a key with a dollar", {"$a": 1}),
    ("a key with a space", {"a b": 1}),
    ("a key with a control character", {"a\x01b": 1}),
    ("a key with DEL", {"a\x7fb": 1}),
    ("a key of C1", {"a\x85b": 1}),
    ("an empty key", {"": 1}),
    ("a bad key inside", {"a": {"b": {"c.d": 1}}}),
]


@statement
def twin_content(scene):
    """Depth, keys, text and numbers from the service, in desired and in tags; nothing changes on a refusal."""
    device = scene.register().device_id
    for what, section in GOOD:
        for place in ("desired", "tags"):
            scene.allowed(f"{what} in {place}", lambda: scene.service.update_twin(device, **{place: section}))
            scene.service.update_twin(device, **{place: {key: None for key in section}})
    before = scene.service.twin(device).etag
    for what, section in BAD:
        for place in ("desired", "tags"):
            scene.refused(f"{what} in {place}", lambda: scene.service.update_twin(device, **{place: section}), 400)
    for what, body in [
        ("no JSON", "{"), ("an array", "[]"), ("desired is an array", {"properties": {"desired": [1]}}),
        ("tags are text", {"tags": "x"}), ("properties are a number", {"properties": 1}),
    ]:
        answer = scene.service.request("PATCH", f"/twins/{device}", body, {"Content-Type": "application/json"})
        scene.equal(what, answer.status_code, 400)
        scene.true(f"{what}: {answer.text}", answer.json()["Message"])
    scene.equal("nothing was changed", scene.service.twin(device).etag, before)


@statement
def twin_content_of_devices(scene):
    """The same rules for reports: ClientError with the status, and the connection stays."""
    device = scene.device()
    for what, section in GOOD:
        scene.allowed(what, lambda: device.report(section))
        device.report({key: None for key in section})
    before = device.twin()["reported"]["$version"]
    for what, section in BAD:
        error = scene.raises(what, "ClientError", lambda: device.report(section))
        scene.true(f"{what}: {error.__cause__}", "status 400" in str(error.__cause__))
    scene.equal("version", device.twin()["reported"]["$version"], before)


@statement
def twin_too_large(scene):
    """Tags 8192, desired and reported 32768 bytes, counted after the update; one more is refused, fewer is allowed."""
    device = scene.device()
    for place, limit in (("tags", 8192), ("desired", 32768)):
        scene.service.update_twin(device.id, **{place: keys(limit)})
        scene.refused(f"one more byte in {place}",
                      lambda: scene.service.update_twin(device.id, **{place: {"z": ""}}), (400, 413))
        scene.service.update_twin(device.id, **{place: {"k000000000": None}})
        scene.service.update_twin(device.id, **{place: {"z": ""}})
        scene.refused(f"a replacement too large in {place}",
                      lambda: scene.service.update_twin(device.id, **{place: keys(limit + 1)}, replace=True),
                      (400, 413))
    device.report(keys(32768))
    error = scene.raises("one more byte in reported", "ClientError", lambda: device.report({"z": ""}))
    scene.true(str(error.__cause__), "status 413" in str(error.__cause__) or "status 400" in str(error.__cause__))
    device.report({"k000000000": None})
    device.report({"z": ""})
    answer = scene.service.request("PATCH", f"/twins/{device.id}", b'{"tags":{"a":"' + b"x" * 4_000_000 + b'"}}')
    scene.true(f"a huge body: {answer.status_code}", answer.status_code in (400, 413))
