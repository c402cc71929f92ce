import DeviceRegistry

enum JobFixture {
    /// An event that says little.
    static func event(_ job: StoredJob) -> HubEvent {
        HubEvent(
            topic: "commands",
            source: "test",
            schema: "test",
            operation: job.status.rawValue,
            id: nil,
            at: job.createdTime,
            value: []
        )
    }
}
