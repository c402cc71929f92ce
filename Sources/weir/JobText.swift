import GatewayClient
import TelemetryJSON

/// How scheduled jobs are shown. Source: contract iothub-rest section 8.
enum JobText {
    /// How far a job is.
    struct State: Equatable {
        /// `scheduled`, `queued`, `running`, `completed`, `failed`, `cancelled`.
        var status: String
        /// Devices that had their turn.
        var done: Int
        /// Devices; `nil` while they are not known.
        var total: Int?
        var failed: Int

        /// Whether nothing more happens.
        var isEnded: Bool { ["completed", "failed", "cancelled"].contains(self.status) }
    }

    /// How far the job of a document is.
    static func state(_ job: JSONObject) -> State {
        let counts = job["deviceJobStatistics"]?.object
        func count(_ name: String) -> Int { Int(counts?[name]?.integer ?? 0) }
        let total = count("deviceCount")
        return State(
            status: job["status"]?.string ?? "unknown",
            done: count("succeededCount") + count("failedCount"),
            total: total == 0 ? nil : total,
            failed: count("failedCount")
        )
    }

    /// One job in full.
    static func lines(_ job: JSONObject, for console: Console) -> [String] {
        let state = self.state(job)
        var lines = [
            ("job", console.colored(job["jobId"]?.string ?? "", .name)),
            ("does", self.action(job)),
            ("where", job["queryCondition"]?.string ?? "*"),
            ("status", self.colored(state.status, for: console)),
        ]
        let texts = [
            ("reason", "failureReason"), ("created", "createdTime"), ("start", "startTime"), ("end", "endTime"),
        ]
        for (name, member) in texts {
            if let text = job[member]?.string, !text.hasPrefix("0001-") {
                lines.append((name, EventText.printable(text)))
            }
        }
        if let rate = job["rateLimitPerSecond"]?.integer { lines.append(("rate", "\(rate) devices/s")) }
        if let percent = job["abortFailedPercent"]?.integer { lines.append(("ends at", "\(percent) % failed")) }
        let statistics = job["deviceJobStatistics"]?.object ?? [:]
        let words = ["deviceCount", "succeededCount", "failedCount", "runningCount", "pendingCount"].compactMap {
            name in
            statistics[name]?.integer.map {
                let noun = name == "deviceCount" ? "in all" : String(name.dropLast("Count".count))
                return "\(ProgressBar.grouped(Int($0))) \(noun)"
            }
        }
        if !words.isEmpty { lines.append(("devices", words.joined(separator: ", "))) }
        return AccessText.aligned(lines, for: console)
    }

    /// A table of jobs.
    static func table(_ jobs: [JSONObject], for console: Console) -> TextTable {
        var table = TextTable([
            .init(title: "JOB"), .init(title: "STATUS"), .init(title: "DEVICES", isNumber: true),
            .init(title: "FAILED", isNumber: true), .init(title: "START"), .init(title: "DOES"),
        ])
        for job in jobs {
            let state = self.state(job)
            table.add([
                (job["jobId"]?.string ?? "", .name), (state.status, self.color(state.status)),
                (state.total.map(ProgressBar.grouped) ?? "", nil),
                (ProgressBar.grouped(state.failed), state.failed > 0 ? .bad : nil),
                (job["startTime"]?.string ?? "", .faint), (self.action(job), nil),
            ])
        }
        return table
    }

    /// What it does, in short: `method reboot`, `twin {"properties":…}`.
    static func action(_ job: JSONObject) -> String {
        if let call = job["cloudToDeviceMethod"]?.object {
            return EventText.printable("method \(call["methodName"]?.string ?? "")")
        }
        guard var update = job["updateTwin"]?.object else { return job["type"]?.string ?? "" }
        update["etag"] = nil
        return "twin \(PropertyLeaves.text(.object(update), widthMax: 60))"
    }

    private static func colored(_ status: String, for console: Console) -> String {
        self.color(status).map { console.colored(status, $0) } ?? status
    }

    private static func color(_ status: String) -> Console.Color? {
        switch status {
        case "completed": .good
        case "failed", "cancelled": .bad
        case "running": .warning
        default: nil
        }
    }
}
