/// An input while its query is bound: its names, and what was found to be read of it.
struct BoundInput {
    let alias: String
    /// The name of the topic or step when the alias is another.
    var sourceName: String?
    /// Of the alias, bytes from the start of the query.
    let position: Int
    let source: InputSource
    /// The columns of a step; `nil` when events bring what they have.
    let columns: [String]?
    /// In the order of their first use.
    private(set) var reads: [InputRead] = []
    private var places: [InputRead: Int] = [:]
    /// How many expressions read each of ``reads``.
    private(set) var useCounts: [Int] = []

    init(
        alias: String,
        sourceName: String? = nil,
        position: Int,
        source: InputSource,
        columns: [String]?
    ) {
        self.alias = alias
        self.sourceName = sourceName
        self.position = position
        self.source = source
        self.columns = columns
    }

    /// The place of a read among ``reads``, added when it is new.
    mutating func place(of read: InputRead) -> Int {
        if let place = self.places[read] {
            self.useCounts[place] += 1
            return place
        }
        self.places[read] = self.reads.count
        self.reads.append(read)
        self.useCounts.append(1)
        return self.reads.count - 1
    }
}
