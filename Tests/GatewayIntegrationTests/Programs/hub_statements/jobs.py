"""Scheduled jobs."""

import datetime

from azure.iot.hub.models import CloudToDeviceMethod, JobRequest, Twin, TwinProperties

from hub_statements import statement


def later(seconds):
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).isoformat().replace(
        "+00:00", "Z")


def twin_job(name, condition, desired, start=0, **fields):
    twin = Twin(properties=TwinProperties(desired=desired), etag="*")
    return JobRequest(job_id=name, type="scheduleUpdateTwin", update_twin=twin, query_condition=condition,
                      start_time=later(start), max_execution_time_in_seconds=60, **fields)


def ended(scene, name, seconds=40):
    def found():
        job = scene.service.jobs.get_scheduled_job(name)
        return job if job.status in ("completed", "failed", "cancelled") else None

    return scene.wait(f"the end of job {name}", found, seconds)


def counts(job):
    found = job.device_job_statistics
    return (found.device_count, found.succeeded_count, found.failed_count, found.running_count, found.pending_count)


@statement
def job_of_twins(scene):
    """A twin update over a query: connected devices are told, each device has its row, the job its counts."""
    word = scene.unique()
    devices = [scene.register(str(number)).device_id for number in range(5)]
    for device in devices[:4]:
        scene.service.update_twin(device, tags={"site": word})
    online = scene.client(scene.registry.get_device(devices[0])).listen("patches")
    made = scene.service.jobs.create_scheduled_job(word, twin_job(word, f"tags.site = '{word}'", {"job": 1}))
    scene.equal("answer", (made.job_id, made.type), (word, "scheduleUpdateTwin"))
    job = ended(scene, word)
    scene.equal("end", (job.status, counts(job)), ("completed", (4, 4, 0, 0, 0)))
    scene.equal("the device is told", online.patch()["job"], 1)
    values = [scene.service.twin(device).properties.desired.get("job") for device in devices]
    scene.equal("desired", values, [1, 1, 1, 1, None])
    rows, _ = scene.service.query(f"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '{word}'")
    scene.equal("rows", sorted((row["deviceId"], row["status"], row["jobType"]) for row in rows),
                sorted((device, "completed", "scheduleUpdateTwin") for device in devices[:4]))
    scene.refused("the same id", lambda: scene.service.jobs.create_scheduled_job(
        word, twin_job(word, "*", {"job": 2})), 409, "JobAlreadyExists")
    result = scene.service.jobs.query_scheduled_jobs("scheduleUpdateTwin", "completed")
    scene.true("it is in the query", word in str(result.items))


@statement
def job_of_methods(scene):
    """A method over a list of devices: answers and failures per device."""
    word = scene.unique()
    device = scene.device("methods", answer=lambda request: (201, {"did": request.payload}))
    offline = scene.register("offline").device_id
    method = CloudToDeviceMethod(method_name="cmd", payload={"x": 1}, response_timeout_in_seconds=5,
                                 connect_timeout_in_seconds=0)
    scene.service.jobs.create_scheduled_job(word, JobRequest(
        job_id=word, type="scheduleDeviceMethod", cloud_to_device_method=method,
        query_condition=f"deviceId IN ['{device.id}', '{offline}']", max_execution_time_in_seconds=30))
    scene.equal("at the device", device.next(device.methods, "the call"), ("cmd", {"x": 1}))
    job = ended(scene, word)
    scene.equal("end", (job.status, counts(job)), ("completed", (2, 1, 1, 0, 0)))
    rows = {row["deviceId"]: row for row in scene.service.query(
        f"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '{word}'")[0]}
    answer = rows[device.id]["outcome"]["deviceMethodResponse"]
    scene.equal("answer", answer, {"status": 201, "payload": {"did": {"x": 1}}})
    scene.equal("states", (rows[device.id]["status"], rows[offline]["status"]), ("completed", "failed"))


@statement
def job_in_the_future(scene):
    """A job waits for its start, may be cancelled before, and looks at the devices when it starts."""
    word, jobs = scene.unique(), scene.service.jobs
    device = scene.register().device_id
    made = jobs.create_scheduled_job(word, twin_job(word, f"tags.site = '{word}'", {"job": 1}, start=3))
    scene.equal("waits", made.status, "scheduled")
    scene.service.update_twin(device, tags={"site": word})
    other = f"{word}-c"
    jobs.create_scheduled_job(other, twin_job(other, f"tags.site = '{word}'", {"cancelled": 1}, start=4))
    scene.equal("cancelled", jobs.cancel_scheduled_job(other).status, "cancelled")
    job = ended(scene, word)
    scene.equal("end", (job.status, counts(job)), ("completed", (1, 1, 0, 0, 0)))
    scene.equal("desired", scene.service.twin(device).properties.desired["job"], 1)
    job = jobs.create_scheduled_job(f"{word}-e", twin_job(f"{word}-e", "tags.site = 'nobody'", {"x": 1}))
    job = ended(scene, f"{word}-e")
    scene.equal("nobody matches", (job.status, counts(job)), ("completed", (0, 0, 0, 0, 0)))
    scene.true("cancelled for good", "cancelled" not in scene.service.twin(device).properties.desired)


@statement
def job_wrong(scene):
    """Bad conditions, bodies and unknown jobs."""
    jobs = scene.service.jobs
    scene.refused("unknown", lambda: jobs.get_scheduled_job(scene.unique()), 404, "JobNotFound")
    scene.refused("cancelling an unknown one", lambda: jobs.cancel_scheduled_job(scene.unique()), 404, "JobNotFound")
    for what, job in [
        ("a bad condition", twin_job("x", "tags.a =", {"a": 1})),
        ("a bad twin", twin_job("x", "*", {"a.b": 1})),
        ("no method", JobRequest(type="scheduleDeviceMethod", query_condition="*", max_execution_time_in_seconds=30)),
        ("an unknown type", JobRequest(type="nothing", query_condition="*", max_execution_time_in_seconds=30)),
    ]:
        name = scene.unique("x")
        job.job_id = name
        scene.refused(what, lambda: jobs.create_scheduled_job(name, job), 400)
    done = scene.unique("done")
    jobs.create_scheduled_job(done, twin_job(done, "deviceId = 'nobody'", {"a": 1}))
    ended(scene, done)
    answer = scene.service.request("POST", "/jobs/create", {"type": "export"})
    scene.true(f"import and export jobs: {answer.status_code}", answer.status_code in (403, 501))
    scene.equal("their list", scene.service.request("GET", "/jobs").json(), [])


@statement
def job_begun(scene):
    """Left to run when the gateway is killed: slow enough to be in the middle."""
    word = "job-over-restart"
    for start in (0, 100):
        scene.service.json("POST", "/devices", [
            {"id": f"{word}-{n:03d}", "importMode": "create", "tags": {"site": word}} for n in range(start, start + 100)
        ])
    scene.service.json("PUT", f"/jobs/v2/{word}", {
        "jobId": word, "type": "scheduleUpdateTwin", "queryCondition": f"tags.site = '{word}'",
        "updateTwin": {"properties": {"desired": {"job": 1}}, "etag": "*"}, "maxExecutionTimeInSeconds": 300,
        "rateLimitPerSecond": 40})
    scene.service.jobs.create_scheduled_job(f"{word}-later", twin_job(
        f"{word}-later", f"tags.site = '{word}'", {"later": 1}, start=8))

    def some():
        found = counts(scene.service.jobs.get_scheduled_job(word))
        return found if found[1] >= 20 else None

    found = scene.wait("20 devices", some)
    scene.true(f"in the middle: {found}", found[1] < 200)
    return f"{found[1]} of {found[0]} done"


@statement
def job_resumed(scene):
    """After the restart every device gets both jobs' values, and what was done is not done again."""
    word = "job-over-restart"
    job = ended(scene, word)
    scene.equal("end", (job.status, counts(job)), ("completed", (200, 200, 0, 0, 0)))
    job = ended(scene, f"{word}-later")
    scene.equal("the scheduled one", (job.status, counts(job)), ("completed", (200, 200, 0, 0, 0)))
    rows, token = [], None
    while True:
        page, token = scene.service.query("SELECT properties.desired.$version AS v, properties.desired.job AS j, "
                                          f"properties.desired.later AS l FROM devices WHERE tags.site = '{word}'",
                                          1000, token)
        rows += page
        if not token:
            break
    wanted = {"j": 1, "l": 1}
    scene.equal("rows with both", len([row for row in rows if wanted.items() <= row.items()]), 200)
    again = len([row for row in rows if row["v"] != 3])
    scene.true(f"no more is written again than was in the air at the kill: {again}", again <= 40)
    return f"{again} written again"
