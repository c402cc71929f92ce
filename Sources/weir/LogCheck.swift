import GatewayClient

/// A check of every checksum of the log, told as it goes: through the gateway while it runs, on its folder when it does not.
struct LogCheck {
    let connection: ConnectionOptions
    /// Only this one; `nil`: all.
    let topic: String?
    let isJSON: Bool

    /// Checks and tells.
    ///
    /// - Returns: whether every checksum is right.
    /// - Throws: when the check could not be made to its end.
    func run() async throws -> Bool {
        let console = Console.current
        var reports: [TopicCheckDescription] = []
        let progress = ProgressDisplay()
        defer { progress.clear() }
        func receive(_ state: TopicCheckDescription) throws {
            guard state.report != nil else {
                let total = Int(clamping: state.bytesTotal)
                return progress.show(state.topic, Int(clamping: state.bytes), of: total, detail: "bytes")
            }
            progress.clear()
            reports.append(state)
            if self.isJSON { return try console.print(JSONLine.encode(state)) }
            for line in DoctorText.lines(state, for: console) { try console.print(line) }
        }
        if let folder = try await self.checkRunning(receive) {
            try LogDoctor.checkFolder(folder, topic: self.topic, receive: receive)
        }
        if !self.isJSON { try console.print(DoctorText.summary(reports, for: console)) }
        return reports.allSatisfy { $0.report?.faults.isEmpty ?? true }
    }

    /// Checks through the gateway; gives the log's folder instead when it does not run.
    private func checkRunning(_ receive: (TopicCheckDescription) throws -> Void) async throws -> String? {
        let folder = "\(self.connection.dataFolder.path)/log"
        let isLocal = self.connection.environmentString == nil && LogDoctor.isFolder(folder)
        guard !isLocal || self.connection.dataFolder.hasEndpoints else { return folder }
        do {
            try await self.connection.client().checkLog(topic: self.topic, receive: receive)
            return nil
        } catch GatewayClientError.notRunning where isLocal {
            return folder  // it was killed, and has left its addresses
        }
    }
}
