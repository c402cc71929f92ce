/// The functions of `GROUP BY` that are windows, in capitals.
enum WindowNames {
    static let tumbling: Set<String> = ["TUMBLINGWINDOW", "TUMBLING"]
    static let hopping: Set<String> = ["HOPPINGWINDOW", "HOPPING"]
    static let sliding: Set<String> = ["SLIDINGWINDOW", "SLIDING"]
    static let session: Set<String> = ["SESSIONWINDOW", "SESSION"]
    static let snapshot: Set<String> = ["SNAPSHOTWINDOW", "SNAPSHOT"]
    /// Several windows, and one with a name.
    static let several = "WINDOWS"
    static let named = "WINDOW"

    static let all = tumbling.union(hopping).union(sliding).union(session).union(snapshot).union([
        several, named, "DURATION", "OFFSET", "HOP", "ISFIRST",
    ])

    /// For advice.
    static let names = [
        "TumblingWindow", "HoppingWindow", "SlidingWindow", "SessionWindow", "SnapshotWindow", "Windows",
    ]
}
