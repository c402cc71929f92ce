internal import DeviceRegistry
internal import TelemetryJSON
internal import TelemetryModel

/// A job as the service reads it, and the event that tells of it.
///
/// Source: contract iothub-rest section 8.
enum JobDocument {
    /// The document of a job.
    static func view(of job: StoredJob) -> JSONObject {
        var view: JSONObject = ["jobId": .string(job.id)]
        view["createdTime"] = .string(job.createdTime.description)
        view["startTime"] = .string(job.startTime.description)
        view["endTime"] = job.endTime.map { .string($0.description) } ?? .null
        if case .object(let request)? = try? JSONValue(parsing: job.request) {
            for member in request { view[member.name] = member.value }
        }
        view["status"] = .string(job.status.rawValue)
        view["failureReason"] = job.failureReason.map { .string($0) } ?? .null
        view["statusMessage"] = .null
        view["deviceJobStatistics"] = .object([
            "deviceCount": .integer(Int64(job.counts.devices)),
            "failedCount": .integer(Int64(job.counts.failed)),
            "succeededCount": .integer(Int64(job.counts.succeeded)),
            "runningCount": .integer(Int64(job.counts.running)),
            "pendingCount": .integer(Int64(job.counts.pending)),
        ])
        return view
    }

    /// What tells in `commands` that a job has another status.
    static func event(of job: StoredJob, author: String, at now: Timestamp) -> HubEvent {
        var value = self.view(of: job)
        // What it writes or calls is in its request, told once, when it is made.
        if job.startedTime != nil || job.status.isEnd {
            value["updateTwin"] = nil
            value["cloudToDeviceMethod"] = nil
        }
        value["author"] = .string(author)
        return HubEvent(
            topic: "commands",
            source: "deviceJobLifecycleEvents",
            schema: "deviceJobLifecycleNotification",
            operation: "\(job.status.rawValue)Job",
            id: nil,
            at: now,
            value: value.bytes
        )
    }
}
